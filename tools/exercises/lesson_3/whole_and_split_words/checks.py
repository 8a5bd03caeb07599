"""Checks of whole-and-split-words: the judge itself cuts the words that come back."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from tools.exercises import word_pieces
from tools.exercises.checking import Checks, Learner

checks = Checks()


@checks.check("two pairs of words come back")
def pairs(learner: Learner, random: np.random.Generator) -> None:
    _pairs(learner)


@checks.check("the first two words have a token of their own")
def whole(learner: Learner, random: np.random.Generator) -> None:
    first, second = _pairs(learner)
    swapped = all(_count(word) == 2 for word in first) and all(_count(word) == 1 for word in second)
    for word in first:
        if _count(word) != 1:
            _fail(
                learner,
                (first, second),
                f"{_cut(word)}. The words of the first pair should be one token each",
                "pairs-swapped" if swapped else "rare-word",
            )


@checks.check("the last two words are split in exactly two")
def in_two(learner: Learner, random: np.random.Generator) -> None:
    first, second = _pairs(learner)
    swapped = all(_count(word) == 2 for word in first) and all(_count(word) == 1 for word in second)
    for word in second:
        if _count(word) != 2:
            mistake = "not-split" if _count(word) == 1 else "three-pieces"
            _fail(
                learner,
                (first, second),
                f"{_cut(word)}. The words of the second pair should be two pieces each",
                "pairs-swapped" if swapped else mistake,
            )


@checks.check("the words that are split are real words")
def real(learner: Learner, random: np.random.Generator) -> None:
    first, second = _pairs(learner)
    for word in second:
        if not word_pieces.looks_real(word):
            words = f"real words of at least three letters; {word!r} does not look like one"
            _fail(learner, (first, second), words, "made-up")


def _pairs(learner: Learner) -> tuple[list[str], list[str]]:
    """The two pairs that the learner's function gives, whatever kind of sequence holds them."""
    value = learner.call("words", learner.stage("wordpiece_tokenizer"))
    outer = _listed(value)
    if outer is not None and len(outer) == 4 and all(isinstance(each, str) for each in outer):
        outer = [outer[:2], outer[2:]]
    inner = [_listed(each) for each in outer or []]
    if len(inner) != 2 or any(each is None for each in inner):
        _fail(learner, value, "two pairs of words, such as ((first, second), (third, fourth))")
    first, second = inner[0] or [], inner[1] or []
    _check_words(learner, value, first + second)
    for pair in (first, second):
        if len(pair) != 2:
            _fail(learner, value, "exactly two words in each pair")
        if word_pieces.letters(pair[0]) == word_pieces.letters(pair[1]):
            _fail(learner, value, "two different words in each pair", "same-word")
    return first, second


def _check_words(learner: Learner, value: Any, words: list[Any]) -> None:
    for word in words:
        if not isinstance(word, str):
            _fail(learner, value, "words as text, each a str")
        if "#" in word or word.startswith("["):
            _fail(learner, value, f"words as they stand in a text; {word!r} is a token", "pieces-returned")
        if len(word.split()) > 1:
            _fail(learner, value, f"words that stand alone; {word!r} is several", "several-words")
        if not word_pieces.letters(word):
            _fail(learner, value, f"words made of the letters a to z; {word!r} is not")


def _listed(value: Any) -> list[Any] | None:
    return list(value) if isinstance(value, (list, tuple, set)) else None


def _count(word: str) -> int:
    return len(word_pieces.pieces(word))


def _cut(word: str) -> str:
    pieces = word_pieces.pieces(word)
    return f"{word!r} is {len(pieces)} piece{'s' * (len(pieces) > 1)}: {', '.join(pieces)}"


def _fail(learner: Learner, value: Any, words: str, mistake: str = "") -> NoReturn:
    learner.fail(words, mistake=mistake, call="words(tokenizer)", got=value)
