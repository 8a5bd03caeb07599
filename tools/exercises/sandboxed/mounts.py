"""The files as this process alone sees them: nothing where something is hidden, and read-only."""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
import struct
from collections.abc import Iterable, Sequence

from . import kernel
from .readable import beneath


def cover(hidden: Sequence[str], roots: Iterable[str], folder: str) -> bool:
    """Lay an empty folder over every hidden place, and `roots` and `folder` back into it; whether it worked.

    `hidden` are real paths, `roots` paths as they are named (through symbolic links as well). Where
    one step fails, everything is shown again. Needs a mount namespace of one's own.
    """
    _mount(None, "/", None, RECURSIVE | PRIVATE)
    wanted = [folder, *roots]
    links = {link: target for path in wanted for link, target in _links(path)}
    real = dict.fromkeys(os.path.realpath(path) for path in wanted)
    shown = {path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path in real if _shown(path, hidden)}
    covered: list[str] = []
    try:
        for path in sorted({*shown, *hidden} - {"/"}, key=lambda each: each.count("/")):
            if path in shown:
                _show_again(path, shown[path])
            elif os.path.lexists(path):
                _hide(path)
                covered.append(path)
        for link, target in links.items():
            if not os.path.lexists(link):
                os.makedirs(os.path.dirname(link), exist_ok=True)
                os.symlink(target, link)
    except OSError:
        for path in reversed(covered):
            _uncover(path)
        return False
    finally:
        for descriptor in shown.values():
            os.close(descriptor)
    return True


def make_read_only(folder: str, folder_bytes: int) -> bool:
    """Let only `folder` be written to: in `folder_bytes` of memory if it is empty; whether it worked."""
    if folder_bytes and not os.listdir(folder):
        options = f"size={folder_bytes},nr_inodes={MOST_FILES},mode=700"
        _mount("tmpfs", folder, "tmpfs", NO_SET_USER | NO_DEVICES | NO_PROGRAMS, options)
    else:
        _mount(folder, folder, None, BIND | RECURSIVE)
    try:
        _change("/", RECURSIVELY, set=ATTRIBUTE_READ_ONLY | ATTRIBUTE_NO_SET_USER)
    except OSError:
        return False
    _change(folder, 0, clear=ATTRIBUTE_READ_ONLY)
    return True


def _shown(path: str, hidden: Sequence[str]) -> bool:
    covering = [each for each in hidden if each != "/" and beneath(path, each)]
    return path not in hidden and bool(covering) and os.path.lexists(path)


def _links(path: str) -> list[tuple[str, str]]:
    """The symbolic links that lead from `path` to its file, each with its target."""
    found: list[tuple[str, str]] = []
    place, rest = "/", [part for part in path.split("/") if part]
    while rest and len(found) < 40:
        part = rest.pop(0)
        step = os.path.normpath(os.path.join(place, part))
        if not os.path.islink(step):
            place = step
            continue
        target = os.readlink(step)
        found.append((step, target))
        rest = [each for each in target.split("/") if each] + rest
        place = "/" if target.startswith("/") else place
    return found


def _hide(path: str) -> None:
    if stat.S_ISDIR(os.stat(path).st_mode):
        _mount("tmpfs", path, "tmpfs", NO_SET_USER | NO_DEVICES | NO_PROGRAMS, "size=1m,mode=755")
    else:
        _mount("/dev/null", path, None, BIND)


def _show_again(path: str, descriptor: int) -> None:
    if not os.path.lexists(path):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            os.makedirs(path, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    _mount(f"/proc/self/fd/{descriptor}", path, None, BIND | RECURSIVE)


def _uncover(path: str) -> None:
    with contextlib.suppress(OSError):
        if kernel.LIBC.umount2(ctypes.c_char_p(os.fsencode(path)), ctypes.c_int(DETACH)) == -1:
            raise OSError(ctypes.get_errno(), path)


def _mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    names = [None if each is None else os.fsencode(each) for each in (source, target, kind)]
    text = None if options is None else options.encode()
    if kernel.LIBC.mount(*map(ctypes.c_char_p, names), ctypes.c_ulong(flags), ctypes.c_char_p(text)) == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), target)


def _change(path: str, flags: int, *, set: int = 0, clear: int = 0) -> None:
    attributes = struct.pack("=QQQQ", set, clear, 0, 0)
    name = ctypes.c_char_p(os.fsencode(path))
    kernel.syscall(MOUNT_SETATTR, -100, name, flags, ctypes.c_char_p(attributes), len(attributes))


NO_SET_USER, NO_DEVICES, NO_PROGRAMS = 2, 4, 8
BIND, RECURSIVE, PRIVATE = 0x1000, 0x4000, 0x40000
DETACH = 2
MOUNT_SETATTR = 442
RECURSIVELY = 0x8000
ATTRIBUTE_READ_ONLY, ATTRIBUTE_NO_SET_USER = 0x1, 0x2
MOST_FILES = 4096
