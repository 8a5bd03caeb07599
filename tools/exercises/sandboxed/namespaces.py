"""A network, a tree of files and an identity of this process's own, and no power over any other."""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct

from . import kernel


def separate() -> set[str]:
    """Leave the system's network and mounts for one's own; says which of "user", "network", "mounts" are.

    The process must have one thread. As few as it gets: containers often allow none.
    """
    user, group = os.geteuid(), os.getegid()
    for flags in ATTEMPTS:
        try:
            _unshare(flags | NEW_IPC | NEW_NAMES)
        except OSError:
            continue
        if flags & NEW_USER:
            _keep_identity(user, group)
        return {name for name, flag in NAMES.items() if flags & flag}
    return set()


def drop_capabilities(needed: list[str]) -> None:
    """Give up every power of root, for good; all but reading, where `needed` would be lost with it."""
    before = [path for path in needed if os.access(path, os.R_OK, effective_ids=True)]
    with contextlib.suppress(OSError):
        kernel.prctl(CLEAR_AMBIENT, 4)
    for number in range(64):
        try:
            kernel.prctl(DROP_FROM_BOUNDING_SET, number)
        except OSError:
            break
    permitted = _permitted()
    _set_capabilities(permitted & READ_ANYTHING, 0)
    if all(os.access(path, os.R_OK, effective_ids=True) for path in before):
        _set_capabilities(0, 0)
    else:
        _set_capabilities(permitted & READ_ANYTHING, permitted & READ_ANYTHING)


def _unshare(flags: int) -> None:
    if kernel.LIBC.unshare(ctypes.c_int(flags)) == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _keep_identity(user: int, group: int) -> None:
    """Map the person to themselves; without it all still works, but files seem to belong to nobody."""
    everybody = f"0 0 {EVERYBODY}"  # only real root may; then files of others stay readable as they were
    for name, texts in (
        ("setgroups", ["deny"]),
        ("uid_map", [everybody, f"{user} {user} 1"]),
        ("gid_map", [everybody, f"{group} {group} 1"]),
    ):
        for text in texts:
            try:
                with open(f"/proc/self/{name}", "w") as file:
                    file.write(text)
            except OSError:
                continue
            break


def _permitted() -> int:
    with open("/proc/self/status") as file:
        return next((int(line.split()[1], 16) for line in file if line.startswith("CapPrm")), 0)


def _set_capabilities(permitted: int, effective: int) -> None:
    header = struct.pack("=Ii", CAPABILITY_VERSION, 0)
    low, high = ((effective >> at & 0xFFFFFFFF, permitted >> at & 0xFFFFFFFF) for at in (0, 32))
    data = struct.pack("=6I", *low, 0, *high, 0)
    if kernel.LIBC.capset(ctypes.c_char_p(header), ctypes.c_char_p(data)) == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


NEW_MOUNTS, NEW_NAMES, NEW_IPC, NEW_USER, NEW_NETWORK = (
    0x00020000,
    0x04000000,
    0x08000000,
    0x10000000,
    0x40000000,
)
ATTEMPTS = (
    NEW_USER | NEW_NETWORK | NEW_MOUNTS,
    NEW_USER | NEW_NETWORK,
    NEW_NETWORK | NEW_MOUNTS,
    NEW_NETWORK,
)
NAMES = {"user": NEW_USER, "network": NEW_NETWORK, "mounts": NEW_MOUNTS}
EVERYBODY = 4294967295
CLEAR_AMBIENT, DROP_FROM_BOUNDING_SET = 47, 24
CAPABILITY_VERSION = 0x20080522
READ_ANYTHING = 1 << 2
"""CAP_DAC_READ_SEARCH: root needs it where the packages are in a person's closed home."""
