"""Equivalent terms: what a question calls one thing and a passage another, across English and Japanese."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from knowledge import tokens

LONGEST = 5
"""Words of the longest phrase looked for in a question."""


Phrases = tuple[tuple[str, ...], ...]
"""Phrases, each as its index terms."""


def equivalent_phrases(question: str) -> dict[str, Phrases]:
    """For each index term of `question` that is part of a known phrase, the phrases that say the same.

    The longest phrase wins; a phrase's equivalents stand under each of its terms.
    """
    found: dict[str, list[tuple[str, ...]]] = {}
    sequence = tokens.terms(question)
    taken = 0
    for start in range(len(sequence)):
        for length in range(min(LONGEST * 3, len(sequence) - start), 0, -1):
            phrase = tuple(sequence[start : start + length])
            others = _groups().get(phrase)
            if others is None or start + length <= taken:
                continue
            taken = start + length
            for term in phrase:
                found.setdefault(term, []).extend(others)
            break
    return {term: tuple(dict.fromkeys(others)) for term, others in found.items()}


@lru_cache(maxsize=1)
def _groups() -> dict[tuple[str, ...], Phrases]:
    """Each phrase, as its terms, with the other phrases of its groups, without the terms they share."""
    groups: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    path = Path(__file__).with_name("equivalents.txt")
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        phrases = [tuple(tokens.terms(phrase)) for phrase in line.split(" = ")]
        for phrase in phrases:
            others = groups.setdefault(phrase, [])
            for other in phrases:
                own = tuple(t for t in other if t not in phrase and t not in tokens.STOP_WORDS)
                if own and not _is_one_character(own):
                    others.append(own)
    return {phrase: tuple(dict.fromkeys(others)) for phrase, others in groups.items()}


def _is_one_character(phrase: tuple[str, ...]) -> bool:
    """Whether a phrase is a single CJK character, which stands in too many words to tell anything."""
    return len(phrase) == 1 and len(phrase[0]) == 1 and tokens.is_cjk(phrase[0])
