"""A program in a pseudo-terminal, and the screen that a person would see."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyte

_PRIVATE = re.compile(
    rb"\x1b\[[<>=][0-9;]*[A-Za-z]|\x1b\[\?[0-9;]*\$p|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1bP[^\x1b]*\x1b\\"
)
_UNFINISHED = re.compile(rb"\x1b[^\x1b]{0,40}$")


class Terminal:
    """Runs a command in a terminal of `columns` by `rows`; leaves nothing running when closed."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        cwd: Path,
        columns: int = 110,
        rows: int = 32,
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._held = b""
        self.raw = b""
        self.status: int | None = None
        self.process, self._terminal = pty.fork()
        if self.process == 0:
            _set_size(0, columns, rows)  # before the program can look, or it takes 80 by 24
            os.chdir(cwd)
            # Importing readline, as pytest does, puts the size of another terminal into the environment.
            own = {name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES")}
            os.execvpe(command[0], list(command), own)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self.status is None:
            self.kill()
        os.close(self._terminal)

    @property
    def text(self) -> str:
        """What stands on the screen now."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size, as a person dragging its corner does."""
        _set_size(self._terminal, columns, rows)
        self.screen.resize(rows, columns)

    def press(self, keys: str) -> None:
        """Type keys, as the bytes that a terminal sends for them."""
        os.write(self._terminal, keys.encode())

    def paste(self, text: str) -> None:
        """Paste, bracketed as terminals do."""
        self.press(f"\x1b[200~{text}\x1b[201~")

    def wait_for(self, words: str, seconds: float = 30.0) -> str:
        """The screen once `words` stand on it; fails with the screen where they do not come."""
        return self.wait_until(lambda text: words in text, seconds, words)

    def wait_until(self, condition, seconds: float = 30.0, what: str = "the expected screen") -> str:
        """The screen once `condition` holds for its text."""
        end = time.monotonic() + seconds
        while not condition(self.text):
            if time.monotonic() > end or not self._read(0.1):
                raise AssertionError(f"{what!r} did not come to the screen:\n{self.text}")
        return self.text

    def wait_for_exit(self, seconds: float = 30.0) -> int:
        """The exit code of the program."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._read(0.05)
            done, status = os.waitpid(self.process, os.WNOHANG)
            if done:
                self.status = os.waitstatus_to_exitcode(status)
                return self.status
        raise AssertionError(f"the program did not end:\n{self.text}")

    def kill(self) -> None:
        """kill -9."""
        os.kill(self.process, signal.SIGKILL)
        _, status = os.waitpid(self.process, 0)
        self.status = os.waitstatus_to_exitcode(status)

    def _read(self, seconds: float) -> bool:
        """Take what the program has written; False once it has ended."""
        if not select.select([self._terminal], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self._terminal, 65536)
        except OSError:
            return False
        self.raw += data
        data = self._held + data
        tail = _UNFINISHED.search(data)
        self._held = data[tail.start() :] if tail else b""
        data = data[: tail.start()] if tail else data
        self._stream.feed(_PRIVATE.sub(b"", data))
        if self._held and b"m" in self._held[-1:]:
            self._stream.feed(_PRIVATE.sub(b"", self._held))
            self._held = b""
        return True


def _set_size(terminal: int, columns: int, rows: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
