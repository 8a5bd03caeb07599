"""Figures of a run as plain text: numbers, bars, sparklines, and two curves in one picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

Points = Sequence[tuple[float, float]]


def figure(value: object) -> str:
    """A metric as it is read: four significant digits, thousands apart, text as it is, None as a dash."""
    if value is None:
        return "-"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int) or (value == value and abs(value) < 1e15 and value == int(value)):
        return f"{int(value):,}"
    if not math.isfinite(value):
        return str(value)
    return f"{value:,.1f}" if abs(value) >= 1_000 else f"{value:.4g}"


def difference(value: float | None) -> str:
    """A difference with its sign."""
    if value is None or value != value:
        return ""
    return f"{'+' if value > 0 else ''}{figure(round(value, 6))}"


def took(seconds: float) -> str:
    """A time that has passed: "8.2 s", "2 min 05 s", "1 h 02 min"."""
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def bar(done: float, total: float, width: int) -> str:
    """How far something has come, `width` characters wide."""
    full = round(width * min(1.0, max(0.0, done / total))) if total > 0 else 0
    return "━" * full + "·" * (width - full)


def spark(points: Points, width: int) -> str:
    """A curve as at most `width` blocks, from its lowest value to its highest."""
    values = [value for _, value in points if math.isfinite(value)]
    if not values:
        return ""
    if len(values) > width:
        edges = [round(number * len(values) / width) for number in range(width + 1)]
        chunks = [values[low:high] for low, high in pairwise(edges)]
        values = [sum(chunk) / len(chunk) for chunk in chunks]
    low, high = min(values), max(values)
    if high <= low:
        return _BLOCKS[0] * len(values)
    return "".join(_BLOCKS[round((value - low) / (high - low) * 7)] for value in values)


def overlay(first: Points, second: Points, width: int = 72, height: int = 12) -> list[str]:
    """Two curves in one picture: the first in ●, the second in ○, ◉ where they meet; lines of text."""
    curves = [[point for point in points if all(map(math.isfinite, point))] for points in (first, second)]
    everything = [*curves[0], *curves[1]]
    if not everything:
        return []
    low, high = min(value for _, value in everything), max(value for _, value in everything)
    begin, end = min(step for step, _ in everything), max(step for step, _ in everything)
    labels = [figure(high), *[""] * (height - 2), figure(low)]
    margin = max(map(len, labels))
    across = max(10, width - margin - 2)
    grid = [[0] * across for _ in range(height)]
    for mark, points in enumerate(curves, start=1):
        for column, value in _columns(points, begin, end, across):
            row = round((high - value) / (high - low) * (height - 1)) if high > low else height - 1
            grid[row][column] |= mark
    lines = [
        f"{label:>{margin}} ┤{''.join(_MARKS[mark] for mark in row)}".rstrip()
        for label, row in zip(labels, grid, strict=True)
    ]
    left, right = figure(begin), figure(end)
    axis = f"{left}{right:>{max(1, across - len(left))}}"
    return [*lines, f"{'':>{margin}} └{'─' * across}", f"{'':>{margin}}  {axis}"]


def _columns(points: Points, begin: float, end: float, across: int) -> list[tuple[int, float]]:
    """A value for each column between a curve's first point and its last, on the lines between points."""
    if not points:
        return []
    if end <= begin or len(points) == 1:
        return [(_column(points[0][0], begin, end, across), points[0][1])]
    found = []
    place = 0
    first, last = (_column(points[each][0], begin, end, across) for each in (0, -1))
    for column in range(first, last + 1):
        step = begin + (end - begin) * column / (across - 1)
        while place < len(points) - 2 and points[place + 1][0] < step:
            place += 1
        (left, low), (right, high) = points[place], points[place + 1]
        share = min(1.0, max(0.0, (step - left) / (right - left))) if right > left else 0.0
        found.append((column, low + (high - low) * share))
    return found


def _column(step: float, begin: float, end: float, across: int) -> int:
    return round((step - begin) / (end - begin) * (across - 1)) if end > begin else 0


_BLOCKS = "▁▂▃▄▅▆▇█"
_MARKS = (" ", "●", "○", "◉")
