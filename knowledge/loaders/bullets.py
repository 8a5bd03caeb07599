"""The marks that begin a list item in plain text."""

from __future__ import annotations

import re

# a bullet, a number, a letter or a circled number, or a box to tick
ITEM = re.compile(r"\s*(?:[-*+•‣◦▪●○■・·–]\s+|\[[ xX]\]\s+|\(?\d{1,3}[.)]\s+|[a-z]\)\s+|[①-⑳]\s*)(?=\S)")


def as_markdown_item(line: str) -> str:
    """The line with its bullet written as Markdown writes it; numbers stay."""
    return _BULLET.sub(r"\1- ", line, count=1)


_BULLET = re.compile(r"^(\s*)[*+•‣◦▪●○■・·–]\s+")
