"""macOS: a sandbox profile around this process. It follows Apple's manual pages and has not been tried."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable

from .limits import Limits
from .readable import hidden_places, library_roots


class MacOS:
    """The one layer that the system offers a process without signed entitlements."""

    def __init__(self, folder: str, hidden: list[str], limits: Limits) -> None:
        self._profile = profile(os.path.realpath(folder), hidden_places(hidden))

    def layers(self) -> list[tuple[str, Callable[[], str]]]:
        """The layer's name, and what puts it in force: a sentence says why it could not."""
        return [("sandbox profile", self._apply)]

    def _apply(self) -> str:
        library = ctypes.CDLL("/usr/lib/libSystem.dylib")
        message = ctypes.c_char_p()
        if library.sandbox_init(
            ctypes.c_char_p(self._profile.encode()), ctypes.c_uint64(0), ctypes.byref(message)
        ):
            return f"The system refused the profile: {(message.value or b'').decode(errors='replace')}"
        return ""


def profile(folder: str, hidden: list[str]) -> str:
    """The rules, of which the last that matches counts: so inner places come after outer ones."""
    roots = [os.path.realpath(each) for each in library_roots(hidden)]
    places = {**dict.fromkeys(hidden, "deny"), **{each: "allow" for each in roots if each not in hidden}}
    inner_last = sorted(places, key=lambda each: each.count("/"))
    reading = [f"({places[each]} file-read-data (subpath {_quoted(each)}))" for each in inner_last]
    own = f"(allow file-read* file-write* (subpath {_quoted(folder)}))"
    return "\n".join([*BASE, *reading, own])


def _quoted(path: str) -> str:
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'


BASE = (
    "(version 1)",
    "(allow default)",
    "(deny network*)",
    "(deny process-fork)",
    "(deny process-exec*)",
    "(deny signal)",
    "(allow signal (target self))",
    "(deny process-info* (target others))",
    "(deny mach-lookup)",
    "(deny file-write*)",
    '(allow file-write-data (literal "/dev/null"))',
)
