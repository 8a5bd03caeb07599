"""How mastery is drawn in few letters."""

from __future__ import annotations

from textual.content import Content

from tutor.tui.labs.words import bar


def drawn_bar(value: float, width: int, colour: str = "$primary") -> Content:
    """A bar `width` cells wide, filled to the share `value`."""
    full = bar(value, width)
    return Content.assemble((full, colour), ("░" * (width - len(full)), "$border-blurred"))
