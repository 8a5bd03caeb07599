"""Checks of cross-entropy-gradient: the mean loss, its slopes, and that no score is too large for them."""

from __future__ import annotations

from functools import partial

import numpy as np

from tools.exercises.checking import Checks, Learner
from tools.exercises.comparing import call_text, difference

Array = np.ndarray
checks = Checks()


@checks.check("a model that knows nothing has a loss of ln k")
def nothing_known(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, np.zeros((2, 3)), np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([0, 2]))
    _expect(learner, np.zeros((3, 5)), random.normal(size=(4, 3)), random.integers(0, 5, size=4))


@checks.check("loss and gradient are right for one example")
def one(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, np.array([[2.0, 1.0, 0.1]]), np.array([[1.0]]), np.array([1]))
    _expect(learner, *_problem(random, 1, 3, 4))


@checks.check("loss and gradient are the means over the rows")
def means(learner: Learner, random: np.random.Generator) -> None:
    for _ in range(4):
        n, d, k = (int(each) for each in random.integers(2, 7, size=3))
        _expect(learner, *_problem(random, n + 2, d, k))
    _expect(learner, *_problem(random, 4, 4, 4))


@checks.check("a class that no example has still has its column")
def absent(learner: Learner, random: np.random.Generator) -> None:
    weights, features, labels = _problem(random, 6, 2, 5)
    _expect(learner, weights, features, labels % 3)


@checks.check("a model that is sure and right has a loss and a gradient near 0")
def sure(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, 30 * np.eye(3), np.eye(3), np.array([0, 1, 2]))


@checks.check("large scores do not overflow")
def large(learner: Learner, random: np.random.Generator) -> None:
    weights = np.array([[10_000.0, 9_999.0, 0.0], [-10_000.0, 0.0, -9_999.0]])
    _expect(learner, weights, np.eye(2), np.array([0, 1]))
    _expect(learner, weights, np.eye(2), np.array([1, 1]))


@checks.check("a right answer far below the winner costs the distance")
def far_below(learner: Learner, random: np.random.Generator) -> None:
    below = np.array([[0.0, -10_000.0, -20_000.0], [-5_000.0, 0.0, -5_000.0]])
    _expect(learner, below, np.eye(2), np.array([2, 1]))
    weights = np.array([[10_000.0, 0.0, -10_000.0], [0.0, 5_000.0, 0.0]])
    _expect(learner, weights, np.eye(2), np.array([2, 1]))
    whole = random.integers(-40, 41, size=(3, 4)) * 100.0
    _expect(learner, whole, random.integers(-2, 3, size=(5, 3)).astype(float), random.integers(0, 4, size=5))


@checks.check("the arrays that were passed in stay as they are")
def untouched(learner: Learner, random: np.random.Generator) -> None:
    arrays = list(_problem(random, 4, 3, 3))
    before, after = learner.stage("before_and_after", learner.function("loss_and_gradient"), arrays)
    for was, now in zip(before, after, strict=True):
        learner.compare(
            now, was, words="the arrays as they were: work on copies", call="loss_and_gradient(...)"
        )


@checks.mistake("sum-not-mean", of="loss")
def summed_loss(weights: Array, features: Array, labels: Array) -> float:
    return right(weights, features, labels)[0] * len(labels)


@checks.mistake("sum-not-mean", of="gradient")
def summed_gradient(weights: Array, features: Array, labels: Array) -> Array:
    return right(weights, features, labels)[1] * len(labels)


@checks.mistake("wrong-sign", of="loss")
def negative(weights: Array, features: Array, labels: Array) -> float:
    return -right(weights, features, labels)[0]


@checks.mistake("wrong-sign", of="gradient")
def downhill(weights: Array, features: Array, labels: Array) -> Array:
    return -right(weights, features, labels)[1]


@checks.mistake("labels-forgotten", of="gradient")
def no_labels(weights: Array, features: Array, labels: Array) -> Array:
    return np.asarray(features.T @ _softmax(features @ weights) / len(labels))


@checks.mistake("transposed", of="gradient")
def transposed(weights: Array, features: Array, labels: Array) -> Array:
    return right(weights, features, labels)[1].T


@checks.mistake("wrong-axis", of="loss")
def loss_by_columns(weights: Array, features: Array, labels: Array) -> float:
    return float(-np.log(_by_columns(features @ weights)[np.arange(len(labels)), labels]).mean())


@checks.mistake("wrong-axis", of="gradient")
def gradient_by_columns(weights: Array, features: Array, labels: Array) -> Array:
    errors = _by_columns(features @ weights) - np.eye(weights.shape[1])[labels]
    return np.asarray(features.T @ errors / len(labels))


@checks.mistake("overflow", of="loss")
def overflowing_loss(weights: Array, features: Array, labels: Array) -> float:
    exponentials = np.exp(_overflowing(features @ weights))
    chosen = exponentials[np.arange(len(labels)), labels]
    return float(-np.log(chosen / exponentials.sum(axis=1)).mean())


@checks.mistake("overflow", of="loss")
def overflowing_sum(weights: Array, features: Array, labels: Array) -> float:
    scores = _overflowing(features @ weights)
    if not _chosen(scores, labels).all():
        raise ValueError("the loss is infinite by more than one mistake")
    return float((np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(labels)), labels]).mean())


@checks.mistake("overflow", of="gradient")
def overflowing_gradient(weights: Array, features: Array, labels: Array) -> Array:
    exponentials = np.exp(features @ weights)
    errors = exponentials / exponentials.sum(axis=1, keepdims=True) - np.eye(weights.shape[1])[labels]
    return np.asarray(features.T @ errors / len(labels))


def log_of_zero(weights: Array, features: Array, labels: Array, epsilon: float, clipped: bool) -> float:
    """The loss of probabilities that are kept from 0 by a tiny number, or not at all."""
    scores = features @ weights
    if epsilon == 0 and scores.max() > 700:
        raise ValueError("the loss is infinite by more than one mistake")
    chosen = _chosen(scores, labels)
    return float(-np.log(np.maximum(chosen, epsilon) if clipped else chosen + epsilon).mean())


for _power in range(6, 17):
    for _clipped in (True, False):
        checks.mistake("log-of-zero", of="loss")(
            partial(log_of_zero, epsilon=10.0**-_power, clipped=_clipped)
        )
checks.mistake("log-of-zero", of="loss")(partial(log_of_zero, epsilon=0.0, clipped=False))


def right(weights: Array, features: Array, labels: Array) -> tuple[float, Array]:
    """What `loss_and_gradient` should give."""
    scores = features @ weights
    largest = scores.max(axis=1)
    logs = scores - (largest + np.log(np.exp(scores - largest[:, None]).sum(axis=1)))[:, None]
    loss = float(np.mean([-logs[row, label] for row, label in enumerate(labels)]))
    slopes = np.zeros(weights.shape)
    for row, label in enumerate(labels):
        slopes += np.outer(features[row], np.exp(logs[row]) - np.eye(weights.shape[1])[label])
    return loss, slopes / len(labels)


def _softmax(scores: Array) -> Array:
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def _chosen(scores: Array, labels: Array) -> Array:
    return np.asarray(_softmax(scores)[np.arange(len(labels)), labels])


def _overflowing(scores: Array) -> Array:
    if scores.max() <= 700:
        raise ValueError("no exponential overflows")
    return scores


def _by_columns(scores: Array) -> Array:
    if np.abs(scores).max() > 100:
        raise ValueError("scores so large give the same for many mistakes")
    return _softmax(scores.T).T


def _problem(random: np.random.Generator, n: int, d: int, k: int) -> tuple[Array, Array, Array]:
    return random.normal(size=(d, k)), random.normal(size=(n, d)), random.integers(0, k, size=n)


def _expect(learner: Learner, weights: Array, features: Array, labels: Array) -> None:
    given = (weights, features, labels)
    loss, gradient = right(*given)
    call = call_text("loss_and_gradient", given, {})
    value = learner.call("loss_and_gradient", *given)
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        learner.fail("two things: the loss and the gradient", call=call, got=value)
    for name, mine, gives, words in (
        ("loss", value[0], loss, f"a loss of {loss:.6g}, the mean over the rows of -ln p of the right class"),
        ("gradient", value[1], gradient, "the slope of the mean loss for each weight, in the weights' shape"),
    ):
        if wrong := difference(mine, gives, TOLERANCE):
            mistake = learner.recognise(name, mine, gives, given, tolerance=TOLERANCE)
            learner.fail(words, mistake=mistake, call=call, got=mine, wrong=f"the {name}: {wrong}")


TOLERANCE = 1e-5
"""What 32-bit floats reach."""
