"""Passages as tools show them: plain data, safe to print, and as text for a chat model to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tutor.agent.plain_text import strip_controls
from tutor.agent.turn import ShownPassage

if TYPE_CHECKING:
    from knowledge.library import Hit
    from knowledge.passages import Passage


def from_hit(hit: Hit) -> ShownPassage:
    """What a search found, with its score."""
    return {**from_passage(hit.passage, hit.passage_id, hit.collection), "score": float(hit.score)}


def from_passage(passage: Passage, passage_id: str, collection: str) -> ShownPassage:
    """A passage of the index under its id."""
    return shown(
        passage_id=passage_id,
        collection=collection,
        title=passage.title,
        section=passage.section,
        headings=passage.headings,
        location=passage.location,
        kind=passage.kind,
        language=passage.language,
        text=passage.text,
        asks=passage.asks,
    )


def shown(
    *,
    passage_id: str,
    collection: str,
    title: str,
    section: str,
    location: str,
    text: str,
    headings: Sequence[str] = (),
    kind: str = "prose",
    language: str = "",
    asks: Sequence[str] = (),
) -> ShownPassage:
    """A passage that has no number yet, its text safe to print."""
    return {
        "n": 0,
        "passage_id": passage_id,
        "collection": collection,
        "title": one_line(title),
        "section": one_line(section),
        "headings": [one_line(each) for each in headings],
        "location": one_line(location),
        "kind": kind,
        "language": language,
        "text": strip_controls(text),
        "asks": [one_line(each) for each in asks],
        "score": 0.0,
    }


def numbered(passages: Sequence[ShownPassage], head: str) -> str:
    """Passages as a model reads them: number, place, text between marks that say where it ends."""
    parts = [
        f"[{each['n']}] {each['title']} > {each['section']} ({each['location']})\n<<<\n{each['text']}\n>>>"
        for each in passages
    ]
    return head + ("\n\n".join(parts) or "No passages.")


def one_line(text: str) -> str:
    """`text` on one line, safe to print."""
    return " ".join(strip_controls(text).split())
