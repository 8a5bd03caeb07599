"""A terminal that gives every key at once, and everything that happens in one line to wait at."""

from __future__ import annotations

import os
import select
import signal
import sys
import termios
import tty
from collections.abc import Callable
from types import FrameType
from typing import Any, Self


class Keys:
    """Reads single keys from the terminal; leaving the block puts the terminal back, whatever happened.

    Ctrl+C, SIGTERM and SIGHUP raise KeyboardInterrupt in the main thread. After Ctrl+Z and `fg`, or
    when the window changed its size, `wait` returns with `redraw` set.
    """

    def __init__(self) -> None:
        """Take the terminal only when the block begins."""
        self.redraw = False
        self._input = sys.stdin.fileno()
        self._before: list[Any] = []
        self._handlers: dict[int, Any] = {}
        self._wake_read, self._wake_write = os.pipe()  # open to the end: a late thread may still wake
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)

    def __enter__(self) -> Self:
        self._before = termios.tcgetattr(self._input)
        signals: dict[int, Callable[[int, FrameType | None], None]] = {
            signal.SIGTERM: _interrupt,
            signal.SIGHUP: _interrupt,
            signal.SIGTSTP: self._suspend,
            signal.SIGWINCH: self._resized,
        }
        try:
            self._handlers = {number: signal.signal(number, handler) for number, handler in signals.items()}
            self._take()
        except BaseException:
            self._put_back()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._put_back()

    def wake(self) -> None:
        """Have `wait` return; for other threads."""
        try:
            os.write(self._wake_write, b".")
        except BlockingIOError:
            return  # it is full of wakes already

    def wait(self) -> str:
        """Wait for keys or a wake; the keys pressed, "" for a wake, "q" where the terminal is gone.

        A key that sends an escape sequence, an arrow for instance, is no letter of that sequence.
        """
        ready, _, _ = select.select([self._input, self._wake_read], [], [])
        if self._wake_read in ready:
            self._drain()
        if self._input not in ready:
            return ""
        try:
            pressed = os.read(self._input, 1024)
        except OSError:
            return "q"
        if pressed.startswith(b"\x1b") and len(pressed) > 1:
            return ""
        return pressed.decode("utf-8", errors="replace") or "q"

    def forget(self) -> None:
        """Drop the keys that were pressed before a question was asked: they are no answer to it."""
        termios.tcflush(self._input, termios.TCIFLUSH)

    def _take(self) -> None:
        tty.setcbreak(self._input)

    def _put_back(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, _OURS)  # a second signal must not tear this in two
        try:
            if self._before:
                termios.tcsetattr(self._input, termios.TCSADRAIN, self._before)
            for number, handler in self._handlers.items():
                signal.signal(number, handler)
            self._handlers = {}
        except termios.error:
            return  # the terminal is gone
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _OURS)

    def _drain(self) -> None:
        try:
            while os.read(self._wake_read, 1024):
                pass
        except BlockingIOError:
            return

    def _resized(self, _number: int, _frame: FrameType | None) -> None:
        self.redraw = True
        self.wake()

    def _suspend(self, _number: int, _frame: FrameType | None) -> None:
        termios.tcsetattr(self._input, termios.TCSADRAIN, self._before)
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        signal.raise_signal(signal.SIGTSTP)  # the process stops here until `fg`
        signal.signal(signal.SIGTSTP, self._suspend)
        self._take()
        self._resized(0, None)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


_OURS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP}
