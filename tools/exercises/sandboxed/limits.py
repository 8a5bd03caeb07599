"""How much of the machine a learner's process may use, put in force by the resource limits of POSIX."""

from __future__ import annotations

import resource
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What a process may use before it is refused more, or ended."""

    cpu_seconds: int = 60
    """Of processor time, all threads together; beyond it the process is killed."""
    memory_bytes: int = 4 << 30
    """Of private writable memory; beyond it Python raises MemoryError."""
    file_bytes: int = 64 << 20
    """Of one written file."""
    folder_bytes: int = 256 << 20
    """Of the working folder, where it can be a memory file system of the process's own; 0 for no such."""
    open_files: int = 256
    threads: int = 64
    """Where the system counts them for this process alone."""


def limit_resources(limits: Limits) -> None:
    """Lower every limit that there is; one that is lower already stays."""
    _lower("RLIMIT_CORE", 0)
    _lower("RLIMIT_CPU", limits.cpu_seconds, limits.cpu_seconds + 1)
    _lower("RLIMIT_DATA", limits.memory_bytes)  # not RLIMIT_AS: torch maps far more than it uses
    _lower("RLIMIT_FSIZE", limits.file_bytes)
    _lower("RLIMIT_NOFILE", limits.open_files)
    _lower("RLIMIT_STACK", STACK)
    for name in ("RLIMIT_MEMLOCK", "RLIMIT_MSGQUEUE", "RLIMIT_RTPRIO", "RLIMIT_NICE"):
        _lower(name, 0)


def limit_threads(limits: Limits) -> None:
    """Lower the number of threads; only where no other process of the person counts towards it."""
    _lower("RLIMIT_NPROC", limits.threads)


def _lower(name: str, soft: int, hard: int | None = None) -> None:
    kind: int | None = getattr(resource, name, None)
    if kind is None:
        return
    now = resource.getrlimit(kind)
    wanted = (soft, soft if hard is None else hard)
    new = [
        each if old == resource.RLIM_INFINITY else min(each, old)
        for each, old in zip(wanted, now, strict=True)
    ]
    resource.setrlimit(kind, (new[0], new[1]))


STACK = 8 << 20
"""Bytes of a thread's stack: more makes endless recursion expensive, less breaks native libraries."""
