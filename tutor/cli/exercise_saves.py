"""Noticing that a file was saved: in place, by replacing it, or after it was gone for a while."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

Mark = tuple[int, int, int]


class Saves:
    """Calls `told` in a thread of its own once the file at `path` was written and then left alone.

    Its folder is watched, as many editors put a new file in the old one's place. `told` is also called
    now and then where nothing was written; `mark` tells whether the file is another.
    """

    def __init__(self, path: Path, told: Callable[[], None]) -> None:
        """Begin at once; the folder may be missing and come later."""
        self._path = path
        self._told = told
        self._stop = Event()
        Thread(target=self._watch, daemon=True, name="saves").start()

    def stop(self) -> None:
        """Watch no longer."""
        self._stop.set()

    def _watch(self) -> None:
        polling = False
        while not self._stop.is_set():
            try:
                self._follow(polling)
            except FileNotFoundError:
                self._stop.wait(_ABSENT_SECONDS)
            except (OSError, RuntimeError):  # the system has no more watches to give
                self._stop.wait(_ABSENT_SECONDS)
                polling = True
            self._told()  # whatever happened between two watches

    def _follow(self, polling: bool) -> None:
        from watchfiles import watch

        folder, file = self._path.parent, self._path.name
        changes = watch(
            folder,
            watch_filter=lambda _, name: Path(name).name in (file, folder.name),
            step=QUIET_MS,
            stop_event=self._stop,
            rust_timeout=_LOOK_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
            force_polling=polling or None,
            recursive=False,
            ignore_permission_denied=True,
        )
        for _ in changes:
            self._told()  # now and then without a change: some network folders tell of none
            if not folder.is_dir():
                return  # another may come in its place


def mark(path: Path) -> Mark | None:
    """What changes whenever the file is written; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


QUIET_MS = 200
_LOOK_MS = 2_000
_ABSENT_SECONDS = 0.5
