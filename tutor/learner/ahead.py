"""How far ahead a time is, in words."""

from __future__ import annotations

from datetime import datetime


def ahead(due: datetime, now: datetime, *, dated: bool = False) -> str:
    """When something comes, in the time zone of `now`: "in 10 minutes", "today at 18:30", "in 8 days".

    With `dated` days are named, too: "in 8 days, on 29 November 2026".
    """
    due = due.astimezone(now.tzinfo)
    minutes = round((due - now).total_seconds() / 60)
    days = (due.date() - now.date()).days
    if minutes < 1:
        return "at once"
    if minutes < 90:
        return "in 1 minute" if minutes == 1 else f"in {minutes} minutes"
    if days == 0:
        return f"today at {due:%H:%M}"
    if days == 1:
        return "tomorrow"
    return f"in {days} days, on {due.day} {due:%B %Y}" if dated else f"in {days} days"
