"""The texts of a passage that get a vector: windows of a few sentences, and each question it answers.

A vector of a whole passage blurs its details: the best of its windows finds more, and encoding windows
costs little more than encoding the passage.
"""

from __future__ import annotations

import re

from knowledge.passages import Passage

WINDOW = 230
"""Characters of a window, about; a CJK character counts as 1.7."""

_PARTS = re.compile(r"\n+|(?<=[.!?])\s+|(?<=。)")
_WIDE = re.compile(r"[\u2e80-\uffff]")


def view_texts(passage: Passage) -> list[str]:
    """The passage's windows, each under its last two headings, then its `asks` as they are."""
    above = " > ".join([passage.title, *passage.headings][-2:])
    return [*(f"{above}\n{window}" for window in _windows(passage.text)), *passage.asks]


def _windows(text: str) -> list[str]:
    """`text` in windows of like size, cut between lines or sentences."""
    parts = [part for part in _PARTS.split(text) if part.strip()]
    count = max(1, round(_width(text) / WINDOW))
    size = _width(text) / count
    windows: list[str] = []
    current = ""
    for part in parts:
        if current and len(windows) < count - 1 and _width(current) + _width(part) / 2 > size:
            windows.append(current)
            current = part
        else:
            current = f"{current}\n{part}" if current else part
    return [*windows, current] if current else windows or [text]


def _width(text: str) -> float:
    return len(text) + 0.7 * len(_WIDE.findall(text))
