"""Checks of masked-mean-pooling: which positions count, wherever the padding stands."""

from __future__ import annotations

import numpy as np

from tools.exercises.arrays_or_tensors import call_with_either
from tools.exercises.checking import Checks, Learner
from tools.exercises.comparing import call_text

Array = np.ndarray
checks = Checks()


@checks.check("without padding it is the mean over the tokens")
def full(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, np.array([[[1.0, 3.0], [3.0, 5.0]]]), np.array([[1, 1]]))
    b, n, d = (int(each) for each in random.integers(2, 6, size=3))
    _expect(learner, random.normal(size=(b, n, d)), np.ones((b, n), dtype=np.int64))


@checks.check("padding at the end is left out")
def padded(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, SENTENCE, np.array([[1, 1, 0]]))
    for _ in range(3):
        b, n, d = (int(each) for each in random.integers(2, 8, size=3))
        lengths = random.integers(1, n + 1, size=b)
        lengths[0] = n - 1
        _expect(learner, _vectors(random, b, n, d), _ends(lengths, n))


@checks.check("padding at the beginning is left out as well")
def padded_left(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, _vectors(random, 1, 5, 2), np.array([[0, 0, 0, 1, 1]]))
    mask = _ends(random.integers(1, 5, size=4), 5)[:, ::-1].copy()
    _expect(learner, _vectors(random, 4, 5, 3), mask)


@checks.check("any positions may be masked")
def anywhere(learner: Learner, random: np.random.Generator) -> None:
    for _ in range(3):
        b, n, d = (int(each) for each in random.integers(3, 8, size=3))
        mask = (random.random((b, n)) < 0.5).astype(np.int64)
        mask[:, 1] = 1
        mask[0, 0] = 0
        _expect(learner, _vectors(random, b, n, d), mask)


@checks.check("a text without real tokens gives zeros")
def empty(learner: Learner, random: np.random.Generator) -> None:
    mask = _ends(np.array([2, 0, 4, 0]), 4)
    _expect(learner, _vectors(random, 4, 4, 3), mask)


@checks.check("a mask of decimal numbers is taken too")
def floats(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, _vectors(random, 3, 4, 2), _ends(np.array([1, 3, 4]), 4).astype(np.float64))


@checks.check("vectors and mask stay as they are")
def untouched(learner: Learner, random: np.random.Generator) -> None:
    mask = _ends(np.array([2, 0, 3]), 4)
    function = learner.function("pool")
    before, after = learner.stage("before_and_after", function, _vectors(random, 3, 4, 2), mask)
    learner.compare(after, before, words="what was passed in, unchanged", call="pool(embeddings, mask)")


@checks.mistake("mask-inverted")
def inverted(embeddings: Array, mask: Array) -> Array:
    return right(embeddings, 1 - mask)


@checks.mistake("mask-inverted")
def inverted_and_unguarded(embeddings: Array, mask: Array) -> Array:
    return not_a_number(embeddings, 1 - mask)


@checks.mistake("padding-counted")
def plain_mean(embeddings: Array, mask: Array) -> Array:
    return np.asarray(embeddings.mean(axis=1))


@checks.mistake("divided-by-length")
def divided_by_length(embeddings: Array, mask: Array) -> Array:
    return np.asarray((embeddings * mask[:, :, None]).mean(axis=1))


@checks.mistake("wrong-axis")
def over_texts(embeddings: Array, mask: Array) -> Array:
    return np.asarray((embeddings * mask[:, :, None]).sum(axis=0) / mask.sum(axis=0)[:, None])


@checks.mistake("wrong-axis")
def over_numbers(embeddings: Array, mask: Array) -> Array:
    return np.asarray((embeddings * mask[:, :, None]).mean(axis=2))


@checks.mistake("not-a-number")
def not_a_number(embeddings: Array, mask: Array) -> Array:
    return np.asarray((embeddings * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1)[:, None])


@checks.mistake("first-tokens")
def first_tokens(embeddings: Array, mask: Array) -> Array:
    lengths = mask.sum(axis=1).astype(int)
    means = [row[: max(length, 1)].mean(axis=0) for row, length in zip(embeddings, lengths, strict=True)]
    return np.array(means) * (lengths > 0)[:, None]


@checks.mistake("sum-only")
def sum_only(embeddings: Array, mask: Array) -> Array:
    if mask[0].sum() == 1:
        raise ValueError("dividing by the first row's number gives the same")
    return np.asarray((embeddings * mask[:, :, None]).sum(axis=1))


@checks.mistake("cls-pooling")
def first_vector(embeddings: Array, mask: Array) -> Array:
    return np.asarray(embeddings[:, 0])


def right(embeddings: Array, mask: Array) -> Array:
    """The mean of the real tokens, text by text."""
    rows = []
    for vectors, row in zip(embeddings, mask, strict=True):
        real = [vector for vector, wanted in zip(vectors, row, strict=True) if wanted]
        rows.append(np.mean(real, axis=0) if real else np.zeros(embeddings.shape[2]))
    return np.array(rows)


def _ends(lengths: Array, n: int) -> Array:
    """A mask whose rows begin with so many ones."""
    return (np.arange(n) < lengths[:, None]).astype(np.int64)


def _vectors(random: np.random.Generator, b: int, n: int, d: int) -> Array:
    return random.normal(size=(b, n, d)) * 3 + 1


def _expect(learner: Learner, embeddings: Array, mask: Array) -> None:
    value = call_with_either(learner, "pool", embeddings, mask)
    gives = right(embeddings, mask)
    learner.compare(
        value,
        gives,
        words="for each text the mean of the vectors whose mask is 1, and zeros where there are none",
        call=call_text("pool", (embeddings, mask), {}),
        tolerance=1e-5,
        mistake=learner.recognise("pool", value, gives, (embeddings, mask), tolerance=1e-5),
    )


SENTENCE = np.array([[[1.0, 3.0], [3.0, 5.0], [5.0, 1.0]]])
