"""Passages of the course on given subjects, for tools that explain something by their figures or checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from knowledge.errors import KnowledgeError
from tutor.agent.shown import from_hit

if TYPE_CHECKING:
    from knowledge.library import Library
    from tutor.agent.turn import ShownPassage, Turn


def passages_on(library: Library, turn: Turn, queries: Sequence[str]) -> list[dict[str, Any]]:
    """The course's passages for each query; none where it cannot be searched or has nothing on it."""
    quotes = []
    for query in queries:
        try:
            result = library.search(query, PASSAGES, turn.collections)
        except KnowledgeError:
            continue
        passages: list[ShownPassage] = []
        if result.covered:
            passages = [turn.show(from_hit(hit)) for hit in result.hits]
        quotes.append({"query": query, "passages": passages})
    return quotes


PASSAGES = 5
