"""Bars as lines of text: a label, a bar as long as the value, the value."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.content import Content

from tutor.tui.labs.tables import fit
from tutor.tui.labs.words import bar, number
from tutor.tui.plain_text import clean

MOST_BARS = 200
_WIDEST = 60


def bar_lines(data: dict[str, Any], width: int, app: App[Any]) -> list[Content]:
    """A bars artifact, {"labels", "values"}; negative values get a bar of another colour."""
    labels = [_visible(str(each)) for each in data.get("labels", [])][:MOST_BARS]
    given = list(data.get("values", []))[:MOST_BARS]
    if not labels or not given:
        return [Content.styled("Nothing to show.", "$foreground 60%")]
    numbers = [number(value) for value in given]
    values = [value if isinstance(value, int | float) else 0.0 for value in given]  # "nan" has no bar
    number_width = max(len(each) for each in numbers)
    label_width = min(max(Content(each).cell_length for each in labels), max(6, width // 3))
    room = max(3, min(_WIDEST, width - label_width - number_width - 2))
    most = max(abs(value) for value in values) or 1.0
    lines = []
    for label, value, text in zip(labels, values, numbers, strict=False):
        drawn = bar(abs(value) / most, room)
        lines.append(
            Content.assemble(
                fit(label, label_width, right=True),
                " ",
                (drawn or "▏", "$accent" if value < 0 else "$primary"),
                " " * (room - max(1, len(drawn))),
                " ",
                (text.rjust(number_width), "$foreground 70%"),
            )
        )
    return lines


def _visible(label: str) -> str:
    """A label on which blanks and line breaks can be seen, as tokens often begin with one."""
    text = clean(label.replace("\n", "↵").replace("\t", "⇥"))
    if not text.strip():
        return text.replace(" ", "␣") or "∅"
    return ("␣" if text.startswith(" ") else "") + text.lstrip(" ")
