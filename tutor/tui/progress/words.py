"""How mastery and times are said and drawn in few letters."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content

from tutor.tui.labs.words import bar


def drawn_bar(value: float, width: int, colour: str = "$primary") -> Content:
    """A bar `width` cells wide, filled to the share `value`."""
    full = bar(value, width)
    return Content.assemble((full, colour), ("░" * (width - len(full)), "$border-blurred"))


def ahead(due: datetime, now: datetime) -> str:
    """When something comes: "in 10 minutes", "today at 18:30", "tomorrow", "in 8 days"."""
    due = due.astimezone(now.tzinfo)
    minutes = round((due - now).total_seconds() / 60)
    days = (due.date() - now.date()).days
    if minutes < 90:
        return "at once" if minutes < 1 else f"in {minutes} minute{'' if minutes == 1 else 's'}"
    if days == 0:
        return f"today at {due:%H:%M}"
    return "tomorrow" if days == 1 else f"in {days} days"
