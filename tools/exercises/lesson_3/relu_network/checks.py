"""Checks of relu-network: the score of every point, inside the diamond, outside it and on its edge."""

from __future__ import annotations

import numpy as np

from tools.exercises.checking import Checks, Learner

Array = np.ndarray
checks = Checks()


@checks.check("the lesson's points get their scores")
def lesson(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, np.array([[0.2, 0.1], [0.9, 0.3], [-1.5, 0.2]]))


@checks.check("each point's score is the sum of its four ReLUs")
def scores(learner: Learner, random: np.random.Generator) -> None:
    for number in (4, int(random.integers(5, 12)), 50):
        _expect(learner, random.uniform(-2, 2, size=(number, 2)))


@checks.check("inside the diamond the score is 0")
def inside(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, np.array([[0.0, 0.0], [0.3, -0.4], [-0.7, 0.0]]))
    _expect(learner, random.uniform(-0.37, 0.37, size=(6, 2)))


@checks.check("near a corner two neurons speak at once")
def corners(learner: Learner, random: np.random.Generator) -> None:
    far = random.uniform(0.8, 3.0, size=4)
    _expect(learner, np.array([[far[0], 0.0], [0.0, far[1]], [-far[2], 0.0], [0.0, -far[3]]]))
    _expect(learner, np.array([[1.5, 0.1], [-0.2, 2.0], [0.1, -1.2]]))


@checks.check("every quarter of the plane has its neuron")
def quarters(learner: Learner, random: np.random.Generator) -> None:
    size = random.uniform(0.5, 2.0, size=(4, 2))
    _expect(learner, size * np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]]))


@checks.check("a single point gives an array of one number")
def single(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, np.array([[1.0, 1.0]]))


@checks.mistake("no-relu")
def no_relu(points: Array) -> Array:
    return np.full(len(points), -3.0)


@checks.mistake("relu-last")
def relu_last(points: Array) -> Array:
    return np.zeros(len(points))


@checks.mistake("no-bias")
def no_bias(points: Array) -> Array:
    return _with(points, 0.0)


@checks.mistake("bias-sign")
def bias_sign(points: Array) -> Array:
    if not right(points).any():
        raise ValueError("inside the diamond other mistakes give the same")
    return _with(points, 0.75)


@checks.mistake("largest-only")
def largest_only(points: Array) -> Array:
    if not points.all():
        raise ValueError("on an axis other mistakes give the same")
    return np.maximum(0.0, np.abs(points).sum(axis=1) - 0.75)


@checks.mistake("class-answer")
def is_class_one(points: Array) -> Array:
    return right(points) > 0


@checks.mistake("class-answer")
def sigmoid(points: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-right(points))))


@checks.mistake("column")
def column(points: Array) -> Array:
    return right(points)[:, None]


def right(points: Array) -> Array:
    """What `network` should give."""
    return _with(points, -0.75)


def _with(points: Array, bias: float) -> Array:
    x, y = points[:, 0], points[:, 1]
    terms = [x + y, x - y, -x - y, -x + y]
    return np.asarray(sum(np.where(each + bias > 0, each + bias, 0.0) for each in terms))


def _expect(learner: Learner, points: Array) -> None:
    learner.expect(
        "network",
        points,
        gives=right(points),
        words="for each point the sum of max(0, x+y-0.75), max(0, x-y-0.75), max(0, -x-y-0.75) and "
        "max(0, -x+y-0.75)",
        tolerance=1e-5,
    )
