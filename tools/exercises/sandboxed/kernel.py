"""Calls into the C library and the kernel that Python has no function for; a failure is an OSError."""

from __future__ import annotations

import ctypes
import os
import platform

ARCHITECTURE = platform.machine().lower()
"""x86_64 or aarch64, where a number of a system call is told for both."""


def syscall(number: int, *arguments: object) -> int:
    """The system call `number`; integers go as 64 bits, None as a null pointer."""
    return _checked(LIBC.syscall(ctypes.c_long(number), *map(_argument, arguments)))


def prctl(option: int, *arguments: int) -> int:
    """prctl(2), with the arguments that are left out as zero."""
    padded = [*arguments, 0, 0, 0, 0][:4]
    return _checked(LIBC.prctl(ctypes.c_int(option), *map(ctypes.c_ulong, padded)))


def _argument(value: object) -> object:
    if isinstance(value, int):
        return ctypes.c_long(value)
    if value is None:
        return ctypes.c_void_p(0)
    return value


def _checked(result: int) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.syscall.restype = ctypes.c_long
