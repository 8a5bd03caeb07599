"""What the judge sees of a learner's process from outside: its memory, its threads, its wait for a core."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Held:
    """What a process and its children hold: bytes of memory, threads, children."""

    memory: int
    threads: int
    children: int


def held(process: int, *, children: bool) -> Held | None:
    """What the process holds, its children only if asked for; None where that cannot be seen."""
    import psutil

    try:
        seen = psutil.Process(process)
        memory, threads = seen.memory_info().rss, seen.num_threads()
        # Looking for children reads the whole process table.
        born = seen.children(recursive=True) if children else []
        return Held(memory + sum(child.memory_info().rss for child in born), threads, len(born))
    except (psutil.Error, OSError):
        return None


class Deadline:
    """The moment by which an answer must be there.

    Time in which the process would have run, but the machine gave it no core, is added, up to the same
    length again: on a busy machine a right solution is not too slow.
    """

    def __init__(self, process: int, seconds: float) -> None:
        self._process = process
        self._seconds = seconds
        self._began = time.monotonic()
        self._waited = _waited(process)

    def left(self) -> float:
        """Seconds until then; 0 or less where it has passed."""
        left = self._seconds - (time.monotonic() - self._began)
        if left > 0:
            return left
        return left + min(_waited(self._process) - self._waited, self._seconds)


def empty_folder() -> tempfile.TemporaryDirectory[str]:
    """A new folder for a process to work in; those that killed judges have left are removed."""
    folder = tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True)
    with suppress(OSError):
        for each in os.scandir(os.path.dirname(folder.name)):
            if each.name.startswith(_PREFIX) and _abandoned(each):
                shutil.rmtree(each.path, ignore_errors=True)
    return folder


def remove(folder: tempfile.TemporaryDirectory[str]) -> None:
    """Remove the folder and whatever was put into it."""
    try:
        folder.cleanup()
    except RecursionError:  # folders within folders, a thousand deep
        subprocess.run(["rm", "-rf", "--", folder.name], capture_output=True, check=False)


def written(folder: str) -> int:
    """Bytes in the folder, as far as can be looked through in a moment; many files count as many bytes."""
    total = seen = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_blocks * 512
        seen += 1 + len(names)
        if seen > _MOST_FILES:
            return 2**60
    return total


def _abandoned(folder: os.DirEntry[str]) -> bool:
    """Whether a folder is this person's and older than any check takes."""
    found = folder.stat(follow_symlinks=False)
    old = time.time() - found.st_mtime > _LONGEST_CHECK
    return old and folder.is_dir(follow_symlinks=False) and found.st_uid == os.geteuid()


def _waited(process: int) -> float:
    """Seconds that the process was ready to run and had no core, as far as the system tells."""
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


_PREFIX = "tutor-check-"
_MOST_FILES = 4096
_LONGEST_CHECK = 86_400.0
