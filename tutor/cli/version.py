"""Which version of Tutor is installed."""

from __future__ import annotations


def installed_version() -> str:
    """The version of the installed package; "0 (not installed)" in a bare source tree."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("ml-tutor")
    except PackageNotFoundError:
        return "0 (not installed)"
