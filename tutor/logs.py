"""Where libraries' own log messages go: a file in the data folder, never the person's terminal."""

from __future__ import annotations

import logging
from pathlib import Path


class LogFile(logging.Handler):
    """Appends warnings and errors to `path`; the file is made at the first one, and only then."""

    def __init__(self, path: Path) -> None:
        super().__init__(logging.WARNING)
        self.path = path
        self.setFormatter(logging.Formatter("%(asctime)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; a data folder that cannot be written to costs only the log."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(self.format(record) + "\n")
        except OSError:
            return


def log_to(home: Path) -> None:
    """Send what libraries log to HOME/logs/tutor.log instead of to stderr."""
    root = logging.getLogger()
    if not any(isinstance(handler, LogFile) for handler in root.handlers):
        root.addHandler(LogFile(home / "logs" / "tutor.log"))
