"""Checks of retrieve: the order by cosine, whatever the lengths, and what kind of numbers come back."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tools.exercises.checking import Checks, Learner, Scalar, StandInError, Tensor, close

Array = np.ndarray
Embed = Callable[[Any], Array]
checks = Checks()


@checks.check("the best passages come first")
def ranked(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, QUESTION, list(HELP)[1:], _embedder(HELP), 2)
    for _ in range(4):
        vectors = _vectors(random, number=int(random.integers(8, 15)))
        _expect(learner, "question", list(vectors)[1:], _embedder(vectors), int(random.integers(4, 7)))


@checks.check("the order is right among many passages too")
def many(learner: Learner, random: np.random.Generator) -> None:
    angles = random.permutation(np.linspace(0.05, 3.0, 1000))
    vectors = {"question": [1.0, 0.0]}
    vectors |= {f"passage {place}": [math.cos(each), math.sin(each)] for place, each in enumerate(angles)}
    _expect(learner, "question", list(vectors)[1:], _embedder(vectors), 400)


@checks.check("long vectors have no advantage")
def lengths(learner: Learner, random: np.random.Generator) -> None:
    vectors = {"q": [1.0, 0.5], "near and short": [1.0, 1.0], "far but long": [40.0, -30.0]}
    vectors |= {"nearest and shortest": [0.1, 0.06], "away": [-2.0, 3.0]}
    _expect(learner, "q", list(vectors)[1:], _embedder(vectors), 4)
    for _ in range(3):
        vectors = _vectors(random, number=8, stretched=True)
        _expect(learner, "question", list(vectors)[1:], _embedder(vectors), 5)


@checks.check("cosines below zero are ranked as well")
def negative(learner: Learner, random: np.random.Generator) -> None:
    vectors = {"q": [1.0, 0.0], "opposite": [-3.0, 0.1], "along": [4.0, 3.0], "away": [-1.0, 2.0]}
    vectors["further"] = [-1.0, 1.0]
    _expect(learner, "q", ["opposite", "along", "away", "further"], _embedder(vectors), 4)


@checks.check("k may be one, or larger than the number of passages")
def sizes(learner: Learner, random: np.random.Generator) -> None:
    vectors = _vectors(random, number=6)
    passages = list(vectors)[1:]
    for k in (6, 9, 1):
        _expect(learner, "question", passages, _embedder(vectors), k)
    _expect(learner, "question", passages[:1], _embedder(vectors), 3)


@checks.check("the places are plain Python ints")
def plain(learner: Learner, random: np.random.Generator) -> None:
    vectors = _vectors(random, number=5)
    value = learner.call("retrieve", "question", list(vectors)[1:], _embedder(vectors), 3)
    numbers = list(value) if isinstance(value, (list, tuple)) else []
    if isinstance(value, (np.ndarray, Tensor)) or any(
        isinstance(each, (Scalar, np.ndarray, Tensor)) for each in numbers
    ):
        learner.fail("a list of plain Python ints", mistake="numpy-numbers", call=CALL, got=value)
    if not isinstance(value, (list, tuple)) or any(type(each) is not int for each in numbers):
        learner.fail("a list of plain Python ints", call=CALL, got=value)


@checks.mistake("dot-product")
def by_dot_product(question: str, passages: list[str], embed: Embed, k: int) -> list[int]:
    return [int(each) for each in np.argsort(-(embed(passages) @ embed([question])[0]))[:k]]


@checks.mistake("distance")
def by_distance(question: str, passages: list[str], embed: Embed, k: int) -> list[int]:
    gaps = np.linalg.norm(embed(passages) - embed([question]), axis=1)
    found = [int(each) for each in np.argsort(gaps)[:k]]
    if found == turned_round(question, passages, embed, k):
        raise ValueError("the order turned round is the same")
    return found


@checks.mistake("worst-first")
def worst_first(question: str, passages: list[str], embed: Embed, k: int) -> list[int]:
    found = right(question, passages, embed, len(passages))[::-1][:k]
    cosines = np.abs(_cosines(question, passages, embed))
    if found == [int(each) for each in np.argsort(-cosines)[:k]]:
        raise ValueError("the order by the size of the cosine, whatever its sign, is the same")
    return found


@checks.mistake("worst-first")
def turned_round(question: str, passages: list[str], embed: Embed, k: int) -> list[int]:
    return right(question, passages, embed, k)[::-1]


@checks.mistake("k-ignored")
def k_ignored(question: str, passages: list[str], embed: Embed, k: int) -> list[int]:
    return right(question, passages, embed, len(passages))


@checks.mistake("passages-returned")
def passages_returned(question: str, passages: list[str], embed: Embed, k: int) -> list[str]:
    return [passages[place] for place in right(question, passages, embed, k)]


@checks.mistake("scores-returned")
def scores_returned(question: str, passages: list[str], embed: Embed, k: int) -> list[float]:
    return sorted(_cosines(question, passages, embed), reverse=True)[:k]


@checks.mistake("from-one")
def from_one(question: str, passages: list[str], embed: Embed, k: int) -> list[int]:
    return [place + 1 for place in right(question, passages, embed, k)]


@checks.sign("bare-text")
def bare_text(tree: Any, message: str) -> bool:
    """Whether `embed` was called with one text instead of a list of texts."""
    return NO_LIST in message


def right(question: str, passages: list[str], embed: Embed, k: int) -> list[int]:
    """The places of the best k."""
    cosines = _cosines(question, passages, embed)
    return sorted(range(len(passages)), key=lambda place: -cosines[place])[:k]


def _cosines(question: str, passages: list[str], embed: Embed) -> list[float]:
    q, *rows = embed([question, *passages]).tolist()
    return [
        sum(a * b for a, b in zip(q, row, strict=True)) / math.hypot(*q) / math.hypot(*row) for row in rows
    ]


def _embedder(vectors: dict[str, list[float]]) -> Embed:
    """An `embed` that knows these texts."""

    def embed(texts: Any) -> Array:
        texts = texts.tolist() if isinstance(texts, np.ndarray) else texts
        if not isinstance(texts, (list, tuple)) or not all(isinstance(each, str) for each in texts):
            raise StandInError("TypeError", NO_LIST)
        unknown = [each for each in texts if each not in vectors]
        if unknown:
            raise StandInError(
                "KeyError", f"a text that is neither the question nor a passage: {unknown[0]!r}"
            )
        return np.array([vectors[each] for each in texts], dtype=float).reshape(len(texts), -1)

    return embed


def _vectors(random: np.random.Generator, number: int, stretched: bool = False) -> dict[str, list[float]]:
    """Vectors of a question and of passages, whose cosines with it are well apart."""
    width = int(random.integers(3, 9))
    while True:
        rows = random.normal(size=(number + 1, width))
        rows *= random.uniform(0.1, 20, size=(number + 1, 1)) if stretched else 1
        names = [
            "question",
            *(f"passage {each}" for each in random.permutation(np.arange(100, 190))),
        ]
        vectors = {name: [float(each) for each in row] for name, row in zip(names, rows, strict=False)}
        cosines = sorted(_cosines("question", list(vectors)[1:], _embedder(vectors)))
        if min(b - a for a, b in itertools.pairwise(cosines)) > 2e-5:
            return vectors


def _expect(learner: Learner, question: str, passages: list[str], embed: Embed, k: int) -> None:
    gives = right(question, passages, embed, k)
    value = learner.call("retrieve", question, passages, embed, k)
    plain = value.array if isinstance(value, Tensor) else value
    plain = plain.tolist() if isinstance(plain, np.ndarray) else plain
    if close(plain, gives):  # what kind of numbers they are has a check of its own
        return
    learner.compare(
        plain,
        gives,
        words="the places of the k passages with the largest cosine, best first, counted from 0",
        call=f"retrieve({question!r}, <{len(passages)} passages>, embed, {k})",
        mistake=learner.recognise("retrieve", plain, gives, (question, passages, embed, k)),
    )


CALL = "retrieve(question, passages, embed, k)"
NO_LIST = "embed takes a list of texts, such as [question]"
QUESTION = "When does it close?"
HELP = {
    QUESTION: [1.0, 2.0],
    "The car park closes at 22:00.": [3.0, 6.0],
    "Trains are booked in second class.": [4.0, 0.5],
    "Opening hours: 8 to 18.": [1.0, 1.0],
}
