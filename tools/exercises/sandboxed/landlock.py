"""Landlock: this process opens only the files of a list, and reaches nobody outside itself."""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

from . import kernel


def version() -> int:
    """The kernel's Landlock version; raises OSError where there is none."""
    return kernel.syscall(CREATE_RULESET, None, 0, VERSION_FLAG)


def restrict(
    *, read: Iterable[str], listed: Iterable[str], written: Iterable[str], discard: Iterable[str]
) -> None:
    """Leave this process only what is beneath these paths; those that do not exist are passed over.

    Everything under `read` is read and listed, under `listed` only listed, under `written` used as one
    likes; the devices in `discard` take what is written to them. The network, other processes'
    signals and abstract sockets are closed as far as this kernel's version goes.
    """
    known = version()
    rights = (1 << RIGHTS_OF_VERSION[min(known, len(RIGHTS_OF_VERSION)) - 1]) - 1
    attributes = struct.pack("=QQQ", rights, BIND_TCP | CONNECT_TCP, ABSTRACT_SOCKETS | SIGNALS)
    length = 24 if known >= 6 else 16 if known >= 4 else 8
    ruleset = kernel.syscall(CREATE_RULESET, ctypes.c_char_p(attributes[:length]), length, 0)
    try:
        for paths, allowed in (
            (read, READ_FILE | READ_DIR),
            (listed, READ_DIR),
            (written, WORKING & rights),
            (discard, READ_FILE | WRITE_FILE),
        ):
            for path in paths:
                _allow(ruleset, path, allowed)
        kernel.syscall(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, allowed: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # not on this machine, or not ours to see: nothing is lost by not allowing it
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            allowed &= ~READ_DIR
        rule = struct.pack("=Qi", allowed, descriptor)
        kernel.syscall(ADD_RULE, ruleset, PATH_BENEATH, ctypes.c_char_p(rule), 0)
    finally:
        os.close(descriptor)


CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on every architecture
VERSION_FLAG = 1
PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE = 1 << 4, 1 << 5
MAKE_DIR, MAKE_REG, MAKE_FIFO, MAKE_SYM = 1 << 7, 1 << 8, 1 << 10, 1 << 12  # no devices, no sockets
REFER, TRUNCATE = 1 << 13, 1 << 14
WORKING = (
    WRITE_FILE | READ_FILE | READ_DIR | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_FIFO | MAKE_SYM
    | REFER | TRUNCATE
)  # fmt: skip
RIGHTS_OF_VERSION = (13, 14, 15, 15, 16)
"""How many file rights versions 1 to 5 know; later ones added none."""
BIND_TCP, CONNECT_TCP = 1 << 0, 1 << 1
ABSTRACT_SOCKETS, SIGNALS = 1 << 0, 1 << 1
