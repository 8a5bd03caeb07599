"""Data sets and weights by name: where each comes from, in order, with sizes and hashes."""

from tools.assets.catalogue import ASSETS, Asset, find_asset
from tools.assets.store import Listed, Verified, clean, find, listing, source_of, verify

__all__ = [
    "ASSETS",
    "Asset",
    "Listed",
    "Verified",
    "clean",
    "find",
    "find_asset",
    "listing",
    "source_of",
    "verify",
]
