"""The exercises in a real terminal: the person's own editor takes it over and gives it back."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytestmark = pytest.mark.proof  # many programs started, one after the other

ROOT = Path(__file__).parents[2]
F3, F7, F9 = b"\x1bOR", b"\x1b[18~", b"\x1b[20~"


class Terminal:
    """A process on a terminal of its own; `seen` is what it wrote since the last key."""

    def __init__(self, home: Path, editor: str) -> None:
        self.side, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tutor"],
            cwd=ROOT,
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env={
                # Importing readline, as pytest does, puts the size of another terminal into the environment.
                **{name: each for name, each in os.environ.items() if name not in ("COLUMNS", "LINES")},
                "TUTOR_HOME": str(home), "VISUAL": "", "EDITOR": editor,
                "TERM": "xterm-256color",
            },
        )  # fmt: skip
        os.close(inside)
        self.seen = ""

    def press(self, keys: bytes) -> None:
        self.seen = ""
        os.write(self.side, keys)

    def until(self, words: str, seconds: float = 60) -> None:
        """Wait until the words were written."""
        end = time.monotonic() + seconds
        while words not in self.seen:
            assert time.monotonic() < end, f"{words!r} did not come, but {self.seen[-2000:]!r}"
            if select.select([self.side], [], [], 0.2)[0]:
                self.seen += _CODES.sub("", os.read(self.side, 65536).decode("utf-8", "replace"))


@contextmanager
def at_an_exercise(home: Path, editor: str) -> Iterator[Terminal]:
    terminal = Terminal(home, editor)
    try:
        terminal.until("F7")
        terminal.until("ready")
        terminal.press(F7)
        terminal.until("score-text")
        terminal.press(b"\r")
        terminal.until("raise")
        yield terminal
    finally:
        os.killpg(terminal.process.pid, signal.SIGKILL)
        terminal.process.wait()
        os.close(terminal.side)


def test_an_editor_that_does_not_exist_is_said_and_the_app_is_back(tmp_path):
    with at_an_exercise(tmp_path / "home", "no-such-editor-here") as terminal:
        terminal.press(F9)
        terminal.until("cannot be started")
        terminal.press(F3)
        terminal.press(b"# mine")
        terminal.until("not saved")


def test_ctrl_c_in_the_editor_is_the_editors_own(tmp_path):
    editor = tmp_path / "edit.py"
    editor.write_text(EDITOR)
    with at_an_exercise(tmp_path / "home", f"{sys.executable} {editor}") as terminal:
        terminal.press(F9)
        terminal.until("editing")
        terminal.press(b"\x03")
        terminal.until("# from the editor")
        assert terminal.process.poll() is None


EDITOR = """
import sys, time
try:
    print("editing", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    with open(sys.argv[1], "r+") as file:
        text = file.read()
        file.seek(0)
        file.write("# from the editor\\n" + text)
"""
_CODES = re.compile(r"\x1b\[[0-9;?<>=]*[a-zA-Z]|\x1b[()][A-Z0-9]|\x1b[=>]")
