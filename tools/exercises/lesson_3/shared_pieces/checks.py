"""Checks of shared-pieces: the judge itself cuts the words that come back."""

from __future__ import annotations

import ast

import numpy as np

from tools.exercises import word_pieces
from tools.exercises.checking import Checks, Learner
from tools.exercises.word_pairs import WordPairs

PAIRS = WordPairs("pieces")
checks = Checks()


@checks.check("two pairs of words come back")
def pairs(learner: Learner, random: np.random.Generator) -> None:
    PAIRS.of(learner)


@checks.check("the first two words begin with the same piece")
def same_first(learner: Learner, random: np.random.Generator) -> None:
    _shared(learner, place=0)


@checks.check("the last two words end with the same piece")
def same_last(learner: Learner, random: np.random.Generator) -> None:
    _shared(learner, place=-1)


@checks.check("all four are real words")
def real(learner: Learner, random: np.random.Generator) -> None:
    first, second = PAIRS.of(learner)
    PAIRS.real(learner, first + second, (first, second))


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
    both = PAIRS.of(learner)
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
    PAIRS.fail(learner, both, f"the same {name} piece in both words of the pair. {found}", mistake)


def _alike(pair: list[str], place: int) -> bool:
    """Whether the words share two letters or more at that end."""
    one, two = (word_pieces.letters(word) for word in pair)
    return one[-2:] == two[-2:] if place else one[:2] == two[:2]
