"""The sections a person can open by name, and finding the one they mean."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.tokens import content_terms, words
from tutor.agent.plain_text import strip_controls

if TYPE_CHECKING:
    from knowledge.library import Library


@dataclass(frozen=True, slots=True)
class Listed:
    """One heading of the outline; `level` is 1 for a lesson or document."""

    title: str
    level: int
    passage_id: str
    collection: str


def list_sections(library: Library, collections: Sequence[str] | None) -> list[Listed]:
    """The outline of the collections given, the course first; None means all of them."""
    wanted = list(collections) if collections else library.collections()
    return [
        Listed(" ".join(strip_controls(entry.title).split()), entry.level + 1, entry.passage_id, collection)
        for collection in wanted
        for entry in library.outline(collection)
    ]


def find_section(name: str, listed: Sequence[Listed]) -> tuple[Listed | None, list[Listed]]:
    """The section called `name`, or None; and up to five that come close, best first."""
    name = " ".join(_NUMBERS.get(word.lower(), word) for word in name.split())
    folded = " ".join(words(name))
    if not folded:
        return None, []
    exact = [each for each in listed if " ".join(words(each.title)) == folded]
    if exact:
        return min(exact, key=lambda each: (each.title != name, each.collection != "course")), []
    lessons = [
        each for each in listed if each.level == 1 and " ".join(words(each.title)).startswith(f"{folded} ")
    ]
    if lessons:  # "lesson 1" of "Lesson 1: What is machine learning"
        return min(lessons, key=lambda each: each.collection != "course"), []
    scored = sorted(
        ((_closeness(name, folded, each.title), each) for each in listed), key=lambda pair: -pair[0]
    )
    close = [each for score, each in scored[:5] if score >= 0.6]
    clear = close and scored[0][0] >= 0.75 and (len(scored) == 1 or scored[0][0] - scored[1][0] >= 0.1)
    return (close[0], []) if clear else (None, close)


def _closeness(name: str, folded: str, title: str) -> float:
    """0..1: letters in common, or the share of the words asked for that the title has."""
    letters = difflib.SequenceMatcher(None, folded, " ".join(words(title))).ratio()
    asked, there = set(content_terms(name)), set(content_terms(title))
    if not asked or not there:
        return letters
    both = len(asked & there)
    return max(letters, 0.7 * both / len(asked) + 0.3 * both / len(there))


_NUMBERS = {
    word: str(number)
    for number, word in enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine"), 1)
}
