"""A run as it goes, on stderr: a small block redrawn on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TYPE_CHECKING, Any

from tutor.cli.lab_text import bar, figure, spark, took
from tutor.cli.output import plain, tell

if TYPE_CHECKING:
    from tools.engine.view import RunView

_DRAW_SECONDS = 0.2
_LINE_SECONDS = 4.0
_BAR = 24
_MOST_LOGS = 6


class LiveRun:
    """Shows what a run reports; `end` takes the block away before something else is said."""

    def __init__(self) -> None:
        """Draw a block where stderr is a terminal that can, else lines."""
        self._terminal = _can_redraw()
        self._next = 0.0 if self._terminal else time.monotonic() + _LINE_SECONDS
        self._lines = 0
        self._logs: list[str] = []
        self._said = ""

    def show(self, view: RunView, events: list[dict[str, Any]]) -> None:
        """Take in new events and draw, unless the last drawing was only just now."""
        self._logs += [str(event.get("text", "")) for event in events if event["event"] == "log"]
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + (_DRAW_SECONDS if self._terminal else _LINE_SECONDS)
        self.tell_logs()
        if self._terminal:
            self._draw(_block(view, shutil.get_terminal_size().columns - 1))
        elif view.state in ("starting", "running") and (said := _sentence(view)) != self._said:
            tell(said)
            self._said = said

    def tell_logs(self) -> None:
        """Say what the run logged since the last time; of very much only the end."""
        if not self._logs:
            return
        self.clear()
        if len(self._logs) > _MOST_LOGS:
            tell(f"({len(self._logs) - _MOST_LOGS} more lines; they are in the run's events)")
        for text in self._logs[-_MOST_LOGS:]:
            tell(text)
            self._said = plain(text)
        self._logs.clear()

    def end(self) -> None:
        """Take the block away and say what is left to say."""
        self.clear()
        self.tell_logs()

    def clear(self) -> None:
        """Take the block off the terminal."""
        if self._lines and sys.stderr is not None:
            sys.stderr.write(f"\r\x1b[{self._lines}A\x1b[J")
            sys.stderr.flush()
        self._lines = 0

    def _draw(self, lines: list[str]) -> None:
        if sys.stderr is None:
            return
        up = f"\r\x1b[{self._lines}A" if self._lines else ""
        # One write, each line cleared to its end only: nothing is blank in between, so nothing flickers.
        sys.stderr.write(up + "".join(f"{line}\x1b[K\n" for line in lines) + "\x1b[J")
        sys.stderr.flush()
        self._lines = len(lines)


def _can_redraw() -> bool:
    import os

    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM", "") not in ("", "dumb")


def _block(view: RunView, width: int) -> list[str]:
    """Up to five lines: how far, what it uses, and the curves that moved last."""
    lines = [f"{_progress_bar(view)} {_progress(view)}", _usage(view)]
    curves = view.metrics
    names = sorted(curves, key=lambda name: ("loss" not in name, "val" not in name))[:3]
    margin = max(map(len, names), default=0)
    for name in names:
        drawn = spark(curves[name], max(8, min(40, width - margin - 14)))
        lines.append(f"{name:<{margin}}  {figure(curves[name][-1][1]):>8}  {drawn}")
    return [plain(line.replace("\n", " "))[:width] for line in lines if line]


def _progress_bar(view: RunView) -> str:
    known = view.progress
    return bar(known.done, known.total, _BAR) if known is not None else "·" * _BAR


def _progress(view: RunView) -> str:
    known = view.progress
    if known is None:
        return view.doing or f"{view.id} {view.state}"
    if known.done >= known.total and view.doing:  # what comes after the last step has no steps
        return view.doing
    share = f"{known.done / known.total:.0%}" if known.total else ""
    left = f"{took(known.seconds_left)} left" if known.seconds_left is not None else ""
    counted = f"{known.unit} {known.done:,}/{known.total:,}"
    if known.unit == "byte":
        counted = f"{known.done / 1e6:.1f}/{known.total / 1e6:.1f} MB"
    parts = (counted, share, left)
    return "  ".join(part for part in parts if part)


def _usage(view: RunView) -> str:
    used, parts = view.usage, [view.device]
    if view.started:
        parts.append(took(view.seconds))
    if "memory_mb" in used:
        parts.append(f"{used['memory_mb']:,.0f} MB")
    if "cpu_percent" in used:
        parts.append(f"CPU {used['cpu_percent']:.0f} %")
    if "gpu_memory_mb" in used:
        parts.append(f"GPU {used['gpu_memory_mb']:,.0f} MB")
    if "gpu_percent" in used:
        parts.append(f"GPU {used['gpu_percent']:.0f} %")
    return "  ".join(part for part in parts if part)


def _sentence(view: RunView) -> str:
    latest = ", ".join(f"{name} {figure(value)}" for name, value in list(view.latest().items())[:4])
    return plain(f"{_progress(view)}{f'  {latest}' if latest else ''}")
