"""One writer of the index at a time, across processes."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

from knowledge.progress import Progress, ProgressCallback, stop_if


@contextlib.contextmanager
def writing(folder: Path, tell: ProgressCallback, cancel: threading.Event | None = None) -> Iterator[None]:
    """Hold the write lock of the index in `folder`, waiting for another process where one has it."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / "write.lock")
    while True:
        try:
            lock.acquire(timeout=0.2)
            break
        except Timeout:
            tell(Progress("Waiting for another Tutor to finish writing", 0, 0))
            stop_if(cancel)
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def writing_if_free(folder: Path) -> Iterator[bool]:
    """Hold the write lock where it is free; yields whether it was."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / "write.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()
