"""Checks of shared-pieces: the judge itself cuts the words that come back."""

from __future__ import annotations

import ast
from typing import Any, NoReturn

import numpy as np

from tools.exercises import word_pieces
from tools.exercises.checking import Checks, Learner

checks = Checks()


@checks.check("two pairs of words come back")
def pairs(learner: Learner, random: np.random.Generator) -> None:
    _pairs(learner)


@checks.check("the first two words begin with the same piece")
def same_first(learner: Learner, random: np.random.Generator) -> None:
    _shared(learner, place=0)


@checks.check("the last two words end with the same piece")
def same_last(learner: Learner, random: np.random.Generator) -> None:
    _shared(learner, place=-1)


@checks.check("all four are real words")
def real(learner: Learner, random: np.random.Generator) -> None:
    first, second = _pairs(learner)
    for word in first + second:
        if not word_pieces.looks_real(word):
            words = f"real words of at least three letters; {word!r} does not look like one"
            _fail(learner, (first, second), words, "made-up")


@checks.sign("special-tokens")
def special_tokens(tree: ast.Module, message: str) -> bool:
    """Whether the outermost id of an encoded text is looked at, where no shared piece was found."""
    code = ast.unparse(tree)
    if "piece in both words" not in message or "tokenize(" in code or "add_special_tokens" in code:
        return False
    subscripts = [each for each in ast.walk(tree) if isinstance(each, ast.Subscript)]
    ends = [ast.unparse(each.slice) in ("0", "-1") for each in subscripts]
    return any(ends) and ("input_ids" in code or ".encode(" in code)


def _shared(learner: Learner, place: int) -> None:
    """Fail unless the pair shares its piece at `place`, 0 for the first words and -1 for the last."""
    both = _pairs(learner)
    pair = both[place]
    cut = [word_pieces.pieces(word) for word in pair]
    if cut[0][place] == cut[1][place]:
        return
    name = "last" if place else "first"
    other, opposite = both[-1 - place], -1 - place
    other_cut = [word_pieces.pieces(word) for word in other]
    if cut[0][opposite] == cut[1][opposite] and other_cut[0][place] == other_cut[1][place]:
        mistake = "pairs-swapped"
    elif not _alike(pair, place):
        mistake = ""
    else:
        mistake = "whole-word" if min(map(len, cut)) == 1 else "letters-not-pieces"
    found = "; ".join(f"{word!r} is {', '.join(each)}" for word, each in zip(pair, cut, strict=True))
    _fail(learner, both, f"the same {name} piece in both words of the pair. {found}", mistake)


def _alike(pair: list[str], place: int) -> bool:
    """Whether the words share two letters or more at that end."""
    one, two = (word_pieces.letters(word) for word in pair)
    return one[-2:] == two[-2:] if place else one[:2] == two[:2]


def _pairs(learner: Learner) -> tuple[list[str], list[str]]:
    """The two pairs that the learner's function gives, whatever kind of sequence holds them."""
    value = learner.call("pieces", learner.stage("wordpiece_tokenizer"))
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


def _fail(learner: Learner, value: Any, words: str, mistake: str = "") -> NoReturn:
    learner.fail(words, mistake=mistake, call="pieces(tokenizer)", got=value)
