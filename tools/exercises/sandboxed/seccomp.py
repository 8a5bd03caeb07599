"""seccomp: a filter before every system call of this process, from here on and for good."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from . import kernel, syscalls


@dataclass(frozen=True)
class Match:
    """An argument of a call whose bits in `mask` have `value`; only the lower 32 are looked at."""

    argument: int
    value: int
    mask: int = 0xFFFFFFFF


@dataclass(frozen=True)
class Rule:
    """A call that is allowed when all matches of one of these groups hold, or refused then."""

    name: str
    groups: tuple[tuple[Match, ...], ...]
    allowed: bool = True


def confine(*, attributes: bool) -> None:
    """Refuse what `syscalls` lists and what touches others; `attributes` keeps chmod and its like."""
    refused = {**syscalls.PROCESSES, **syscalls.CONVERSATIONS, **syscalls.MOUNTS, **syscalls.KERNEL}
    refused |= syscalls.PRIVILEGES
    if not attributes:
        refused |= syscalls.ATTRIBUTES
    install(program(refused, syscalls.UNKNOWN, rules(os.getpid())))


def rules(process: int) -> list[Rule]:
    """The calls that depend on their arguments; `process` is the only one that may be meant."""
    itself = tuple((Match(0, each),) for each in (0, process))
    commands = [(Match(1, each),) for each in (*SIGNAL_OWNERS, F_SETLEASE)]
    controls = [(Match(1, each),) for each in IOCTLS]
    shared = (Match(3, MAP_SHARED | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS),)
    growing = (Match(3, MAP_GROWSDOWN, MAP_GROWSDOWN),)
    stream = (Match(0, AF_UNIX), Match(1, SOCK_STREAM, 0xF))  # others can be sent to a name
    return [
        Rule("clone", ((Match(0, CLONE_THREAD, CLONE_THREAD | CLONE_NAMESPACES),),)),
        Rule("kill", ((Match(0, process),),)),
        Rule("tgkill", ((Match(0, process),),)),
        Rule("prctl", tuple((Match(0, each),) for each in PRCTLS)),
        Rule("socketpair", (stream,)),
        Rule("prlimit64", itself),
        Rule("setpriority", ((Match(0, PRIO_PROCESS), Match(1, 0)),)),
        *(Rule(name, itself) for name in SCHEDULING),
        Rule("fcntl", tuple(commands), allowed=False),
        Rule("ioctl", tuple(controls), allowed=False),
        Rule("mmap", (shared, growing), allowed=False),
    ]


def program(
    refused: dict[str, tuple[int | None, int | None]],
    unknown: dict[str, tuple[int | None, int | None]],
    ruled: Iterable[Rule] = (),
) -> bytes:
    """The filter's instructions for this architecture; raises OSError where it is none that is known."""
    column, audit = _architecture()
    code = [_load(ARCHITECTURE_OFFSET), _jump(EQUAL, audit, 1, 0), _return(KILL)]
    code += [_load(NUMBER_OFFSET), _jump(GREATER, syscalls.NEWEST, 0, 1), _return(REFUSE | errno.ENOSYS)]
    for calls, answer in ((refused, errno.EPERM), (unknown, errno.ENOSYS)):
        for numbers in calls.values():
            if (number := numbers[column]) is not None:
                code += [_jump(EQUAL, number, 0, 1), _return(REFUSE | answer)]
    for rule in ruled:
        number = syscalls.RULED[rule.name][column]
        assert number is not None
        body = _decision(rule)
        code += [_jump(EQUAL, number, 0, len(body)), *body]
    return b"".join([*code, _return(ALLOW)])


def install(instructions: bytes) -> None:
    """Put a filter in force, for all threads; it cannot be taken away again. Needs no_new_privs."""
    column, _ = _architecture()
    number = syscalls.RULED["seccomp"][column]
    assert number is not None
    buffer = ctypes.create_string_buffer(instructions, len(instructions))
    header = struct.pack("HxxxxxxP", len(instructions) // INSTRUCTION.size, ctypes.addressof(buffer))
    kernel.syscall(number, SET_MODE_FILTER, ALL_THREADS, ctypes.c_char_p(header))


def _decision(rule: Rule) -> list[bytes]:
    """The instructions after a call's number has matched; they always end with an answer."""
    held, otherwise = _return(ALLOW), _return(REFUSE | errno.EPERM)
    if not rule.allowed:
        held, otherwise = otherwise, held
    return [*(part for group in rule.groups for part in _group(group, held)), otherwise]


def _group(matches: Sequence[Match], held: bytes) -> list[bytes]:
    code = [held]
    for match in reversed(matches):  # each one that fails jumps over all that is behind it
        test = [_load(ARGUMENTS_OFFSET + 8 * match.argument)]
        if match.mask != 0xFFFFFFFF:
            test.append(INSTRUCTION.pack(AND, 0, 0, match.mask))
        code = [*test, _jump(EQUAL, match.value, 0, len(code)), *code]
    return code


def _architecture() -> tuple[int, int]:
    try:
        return {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}[kernel.ARCHITECTURE]
    except KeyError:
        raise OSError(errno.ENOSYS, f"no table of system calls for {kernel.ARCHITECTURE}") from None


def _load(offset: int) -> bytes:
    return INSTRUCTION.pack(LOAD, 0, 0, offset)


def _jump(test: int, value: int, held: int, otherwise: int) -> bytes:
    return INSTRUCTION.pack(test, held, otherwise, value)


def _return(answer: int) -> bytes:
    return INSTRUCTION.pack(RETURN, 0, 0, answer)


INSTRUCTION = struct.Struct("=HBBI")
LOAD, AND, EQUAL, GREATER, RETURN = 0x20, 0x54, 0x15, 0x25, 0x06
NUMBER_OFFSET, ARCHITECTURE_OFFSET, ARGUMENTS_OFFSET = 0, 4, 16
KILL, REFUSE, ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
SET_MODE_FILTER, ALL_THREADS = 1, 1

CLONE_THREAD = 0x00010000
CLONE_NAMESPACES = 0x7E020000
AF_UNIX, SOCK_STREAM = 1, 1
PRIO_PROCESS = 0
MAP_SHARED, MAP_ANONYMOUS, MAP_GROWSDOWN = 0x01, 0x20, 0x100
"""Shared memory without a file and stacks that grow escape the limit on private memory."""
SIGNAL_OWNERS = (8, 10, 15)
"""F_SETOWN, F_SETSIG, F_SETOWN_EX: they make the kernel send a signal to whomever one names."""
F_SETLEASE = 1024
IOCTLS = (0x8901, 0x8902, 0x5412, 0x541C, 0x40086602, 0x401C5820, 0x40806685)
"""FIOSETOWN, SIOCSPGRP, TIOCSTI, TIOCLINUX; a file's flags, project and verity."""
PRCTLS = (2, 3, 15, 16, 21, 23, 29, 30, 39, 41, 42, 50, 51, 54, 55, 56, 60, 61, 63, 64, 0x53564D41)
"""Names of threads and of memory, timer slack, huge pages, vector lengths, and what only reads."""
SCHEDULING = ("sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr")
