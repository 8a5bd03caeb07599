"""Terms of the field: a question that names one which the material never uses is not answered by it.

Similarity alone cannot tell: a question about random forests lies close to passages about classifiers.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from knowledge import tokens

Phrase = tuple[str, ...]
"""Index terms that stand next to each other."""


def named_terms(question: str) -> list[tuple[Phrase, ...]]:
    """The field's terms that `question` names, each as all its variants."""
    sequence = tokens.terms(question)
    found: dict[int, tuple[Phrase, ...]] = {}
    for start in range(len(sequence)):
        for number, phrase in _by_first_term().get(sequence[start], ()):
            if tuple(sequence[start : start + len(phrase)]) == phrase:
                found[number] = _variants()[number]
    return list(found.values())


@lru_cache(maxsize=1)
def _variants() -> list[tuple[Phrase, ...]]:
    text = Path(__file__).with_name("field_terms.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple(tuple(tokens.terms(variant)) for variant in line.split(" = ")) for line in lines]


@lru_cache(maxsize=1)
def _by_first_term() -> dict[str, list[tuple[int, Phrase]]]:
    index: dict[str, list[tuple[int, Phrase]]] = {}
    for number, variants in enumerate(_variants()):
        for phrase in variants:
            index.setdefault(phrase[0], []).append((number, phrase))
    return index
