"""Which files Python and its libraries need, less what must stay hidden."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass
class Grants:
    """What may be read: whole trees and files, and folders of which only the listing is needed."""

    read: list[str] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)


def hidden_places(hidden: Sequence[str]) -> list[str]:
    """The real paths behind `hidden`, each once, outer before inner."""
    return sorted({os.path.realpath(path) for path in hidden if path}, key=lambda path: path.count("/"))


def library_roots(hidden: Sequence[str]) -> list[str]:
    """The folders that Python, its packages and the system's libraries are imported from, as they are named.

    `hidden` are real paths. A prefix itself is never a root, as it may be the person's home. An entry
    of the import path that is no package folder (a project installed for editing) is one only where it
    lies outside everything hidden.
    """
    prefixes = dict.fromkeys((sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix))
    roots = [os.path.join(prefix, part) for prefix in prefixes for part in PARTS_OF_A_PREFIX]
    roots += [each for each in STORES if sys.base_prefix.startswith(each)]
    for entry in sys.path:
        if not os.path.isabs(entry):
            continue
        packages = os.path.basename(entry) in ("site-packages", "dist-packages")
        if packages or not any(beneath(os.path.realpath(entry), each) for each in hidden):
            roots.append(entry)
    roots.append(os.path.dirname(os.path.abspath(__file__)))  # this package: it holds no secret
    return [root for root in dict.fromkeys(roots) if os.path.realpath(root) != "/"]


def granted(roots: Iterable[str], hidden: Sequence[str]) -> Grants:
    """What of `roots` may be read when nothing of `hidden` (real paths) may.

    A root within a hidden place is allowed; a hidden place within a root is left out of it.
    """
    grants = Grants()
    for root in dict.fromkeys(map(os.path.realpath, roots)):
        _grant(root, [each for each in hidden if beneath(each, root)], grants)
    return grants


def beneath(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or within it; both are real paths."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _grant(path: str, within: list[str], grants: Grants) -> None:
    if path in within:
        return
    if not within:
        grants.read.append(path)
        return
    grants.listed.append(path)  # imports look names up in listings
    try:
        entries = [entry.path for entry in os.scandir(path) if not entry.is_symlink()]
    except OSError:
        return
    for entry in entries:
        _grant(entry, [each for each in within if beneath(each, entry)], grants)


PARTS_OF_A_PREFIX = ("lib", "lib64", "bin", "share", "etc/fonts", "pyvenv.cfg")
STORES = ("/nix/store", "/gnu/store", "/home/linuxbrew/.linuxbrew")
"""Where systems that keep each package in a folder of its own have the libraries that Python is linked to."""
