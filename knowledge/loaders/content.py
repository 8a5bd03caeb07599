"""What one loader hands back, before it is given a source and a hash."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePath

from knowledge.passages import Block


@dataclass(frozen=True, slots=True)
class Content:
    """The title and blocks a loader found; `title` is "" where the text gives none."""

    title: str
    blocks: tuple[Block, ...]
    id: str = ""
    asks: tuple[str, ...] = ()
    metadata: dict[str, object] = field(default_factory=dict)


def span(unit: str, first: int, last: int) -> str:
    """A location in words: "line 3" or "lines 3-9"."""
    return f"{unit} {first}" if first == last else f"{unit}s {first}-{last}"


def title_from_name(name: str, blocks: tuple[Block, ...]) -> str:
    """A title for a text that gives none: its file name, or its first words where the name says nothing."""
    stem = PurePath(name).stem
    words = [word for word in re.split(r"[\s_\-.]+", stem) if word]
    if any(_READABLE.search(word) and not _HASH.fullmatch(word) for word in words):
        return " ".join(words)
    for block in blocks:
        line = block.text.strip().split("\n", 1)[0]
        if block.kind == "prose" and "://" not in line and len(line) >= 20:
            if len(line) <= _EXCERPT:
                return line.rstrip(":：")
            return line[:_EXCERPT].rsplit(" ", 1)[0].rstrip(" ,;:、") + "…"
    return stem


_READABLE = re.compile(r"[^\W\d_]{2,}")
_HASH = re.compile(r"(?=.*\d)[0-9a-f]{6,}", re.IGNORECASE)
_EXCERPT = 60
