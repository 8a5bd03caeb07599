"""A line on stderr that says how far something long has come."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tutor.cli.output import plain, tell

if TYPE_CHECKING:
    from knowledge.library import Progress

_QUIET_SECONDS = 1.0  # what is done within this is not worth a line
_TERMINAL_SECONDS = 0.1
_PIPE_SECONDS = 10.0
_BAR = 24


class ProgressLine:
    """Shows `Progress` after one second: a bar on a terminal, else a line every ten seconds."""

    def __init__(self) -> None:
        """Begin counting the quiet second."""
        self._terminal = sys.stderr is not None and sys.stderr.isatty()
        self._next = time.monotonic() + _QUIET_SECONDS
        self._drawn = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    def show(self, progress: Progress) -> None:
        """Draw the state of things, unless the last drawing was only just now."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + (_TERMINAL_SECONDS if self._terminal else _PIPE_SECONDS)
        if self._terminal:
            self._draw(progress)
        else:
            tell(_words(progress))

    def clear(self) -> None:
        """Take the bar off the terminal, so that what is said next has the line to itself."""
        if self._drawn and sys.stderr is not None:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._drawn = False

    def _draw(self, progress: Progress) -> None:
        import shutil

        full = round(_BAR * progress.done / progress.total) if progress.total else 0
        bar = "━" * min(full, _BAR) + "·" * (_BAR - min(full, _BAR))
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write("\r\x1b[K" + f"{bar} {_words(progress)}"[:width])
        sys.stderr.flush()
        self._drawn = True


def _words(progress: Progress) -> str:
    counted = f" {progress.done}/{progress.total}" if progress.total else ""
    return plain(f"{progress.phase}{counted} {progress.detail}".replace("\n", " ")).rstrip()
