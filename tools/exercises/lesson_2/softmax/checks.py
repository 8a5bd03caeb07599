"""Checks of softmax: the values, row by row, and that no score is too large for it."""

from __future__ import annotations

import numpy as np

from tools.exercises.checking import Checks, Learner

Array = np.ndarray
checks = Checks()


@checks.check("each row holds the probabilities of its scores")
def values(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, np.array([[2.0, 1.0, 0.1]]))
    for _ in range(4):
        n, k = random.integers(2, 6, size=2)
        _expect(learner, random.normal(scale=2.0, size=(n, k + 1)))


@checks.check("a square of scores is normalised by rows")
def square(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, np.array([[1.0, 3.0], [2.0, 2.0]]))


@checks.check("whole numbers are taken as well")
def integers(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, random.integers(-3, 4, size=(3, 4)))


@checks.check("large scores do not overflow")
def large(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, np.array([[1000.0, 0.0], [10_000.0, 9_999.0]]))
    _expect(learner, _coarse(random.uniform(9_000, 10_000, size=(3, 4))))
    _expect(learner, np.array([[10_000.0, 0.0, -10_000.0], [-10_000.0, 0.0, 9_999.0]]))


@checks.check("rows that are 10,000 apart both come out right")
def apart(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, np.array([[10_000.0, 9_999.0, 9_998.0], [-10_000.0, -9_999.0, -9_998.0]]))
    _expect(learner, _coarse(random.normal(size=(4, 3))) + np.array([[0.0], [10_000.0], [-10_000.0], [5.0]]))


@checks.check("the array that was passed in stays as it is")
def untouched(learner: Learner, random: np.random.Generator) -> None:
    scores = random.normal(size=(2, 3))
    before, after = learner.stage("before_and_after", learner.function("softmax"), scores)
    learner.compare(after, before, words="the scores as they were: work on a copy", call="softmax(scores)")


@checks.mistake("wrong-axis")
def wrong_axis(scores: Array) -> Array:
    if np.abs(scores).max() > 100:
        raise ValueError("scores so large give the same for many mistakes")
    return right(scores.T).T


@checks.mistake("whole-array")
def whole_array(scores: Array) -> Array:
    return right(scores.reshape(1, -1)).reshape(scores.shape)


@checks.mistake("overflow")
def overflow(scores: Array) -> Array:
    e = np.exp(scores.astype(float))
    return e / e.sum(axis=1, keepdims=True)


@checks.mistake("overflow")
def mean_subtracted(scores: Array) -> Array:
    return overflow(scores - scores.mean(axis=1, keepdims=True))


@checks.mistake("one-maximum")
def one_maximum(scores: Array) -> Array:
    e = np.exp(scores - scores.max())
    return e / e.sum(axis=1, keepdims=True)


@checks.mistake("no-exponential")
def no_exponential(scores: Array) -> Array:
    return scores / scores.sum(axis=1, keepdims=True)


def right(scores: Array) -> Array:
    """The softmax of each row."""
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def _coarse(scores: Array) -> Array:
    """Scores that 32-bit floats hold exactly, even beside 10,000: torch is often used with these."""
    return np.asarray(np.round(scores * 64) / 64)


def _expect(learner: Learner, scores: Array) -> None:
    learner.expect(
        "softmax",
        scores,
        gives=right(scores),
        words="in each row the exponentials of the scores, divided by their sum",
    )
