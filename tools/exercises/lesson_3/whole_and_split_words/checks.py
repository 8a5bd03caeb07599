"""Checks of whole-and-split-words: the judge itself cuts the words that come back."""

from __future__ import annotations

import numpy as np

from tools.exercises import word_pieces
from tools.exercises.checking import Checks, Learner
from tools.exercises.word_pairs import WordPairs

PAIRS = WordPairs("words")
checks = Checks()


@checks.check("two pairs of words come back")
def pairs(learner: Learner, random: np.random.Generator) -> None:
    PAIRS.of(learner)


@checks.check("the first two words have a token of their own")
def whole(learner: Learner, random: np.random.Generator) -> None:
    first, second = PAIRS.of(learner)
    swapped = all(_count(word) == 2 for word in first) and all(_count(word) == 1 for word in second)
    for word in first:
        if _count(word) != 1:
            PAIRS.fail(
                learner,
                (first, second),
                f"{_cut(word)}. The words of the first pair should be one token each",
                "pairs-swapped" if swapped else "rare-word",
            )


@checks.check("the last two words are split in exactly two")
def in_two(learner: Learner, random: np.random.Generator) -> None:
    first, second = PAIRS.of(learner)
    swapped = all(_count(word) == 2 for word in first) and all(_count(word) == 1 for word in second)
    for word in second:
        if _count(word) != 2:
            mistake = "not-split" if _count(word) == 1 else "three-pieces"
            PAIRS.fail(
                learner,
                (first, second),
                f"{_cut(word)}. The words of the second pair should be two pieces each",
                "pairs-swapped" if swapped else mistake,
            )


@checks.check("the words that are split are real words")
def real(learner: Learner, random: np.random.Generator) -> None:
    first, second = PAIRS.of(learner)
    PAIRS.real(learner, second, (first, second))


def _count(word: str) -> int:
    return len(word_pieces.pieces(word))


def _cut(word: str) -> str:
    pieces = word_pieces.pieces(word)
    return f"{word!r} is {len(pieces)} piece{'s' * (len(pieces) > 1)}: {', '.join(pieces)}"
