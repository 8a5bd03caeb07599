"""Text from documents and models, made safe to show: no markup is read in it and no escape codes pass."""

from __future__ import annotations

from textual.content import Content

from tutor.agent.plain_text import strip_controls


def clean(text: str) -> str:
    """`text` without escape sequences, control characters and direction overrides."""
    return strip_controls(text)


def one_line(text: str, limit: int = 300) -> str:
    """`text` cleaned, on one line, cut at `limit` characters."""
    flat = " ".join(clean(text).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def title(text: str, limit: int = 300) -> Content:
    """`text` as a line of Content for titles and labels; a blank where there is nothing to show."""
    return Content(one_line(text, limit) or " ")
