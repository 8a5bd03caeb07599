"""Keeps what libraries print away from the screen: file descriptor 2, logging and warnings go to a file."""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TextIO

_LARGEST_LOG = 2_000_000


class StderrGuard:
    """While entered, file descriptor 2 is TUTOR_HOME/logs/app.log (nowhere, if that cannot be written).

    The app still draws on the terminal: `sys.__stderr__`, which Textual writes to, is a copy of the
    descriptor that was there before, or of standard output where that one was no terminal.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / "logs" / "app.log"

    def __enter__(self) -> StderrGuard:
        for stream in (sys.stderr, sys.__stderr__):
            if stream is not None:
                stream.flush()
        self._saved = os.dup(2)
        self._old_stderr = sys.__stderr__
        screen = self._saved if os.isatty(self._saved) else 1
        self._screen: TextIO = os.fdopen(os.dup(screen), "w", encoding="utf-8", errors="replace")
        sys.__stderr__ = self._screen  # type: ignore[misc]
        log = self._open_log()
        os.dup2(log, 2)
        os.close(log)
        self._log: TextIO = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace", buffering=1)
        self._handler = logging.StreamHandler(self._log)
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self._handler.setLevel(logging.INFO)
        logging.getLogger().addHandler(self._handler)
        logging.captureWarnings(True)
        with suppress(OSError, ValueError, RuntimeError):
            faulthandler.enable(file=self._log)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        logging.captureWarnings(False)
        logging.getLogger().removeHandler(self._handler)
        faulthandler.disable()
        for stream in (sys.stderr, self._screen):
            with suppress(OSError, ValueError):
                stream.flush()
        os.dup2(self._saved, 2)
        os.close(self._saved)
        sys.__stderr__ = self._old_stderr  # type: ignore[misc]
        for stream in (self._screen, self._log):
            with suppress(OSError, ValueError):
                stream.close()

    def _open_log(self) -> int:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
            log = os.open(self.path, flags, 0o600)
            if os.fstat(log).st_size > _LARGEST_LOG:
                os.ftruncate(log, 0)
            return log
        except OSError:  # a read-only or full home: the screen matters more than the log
            return os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
