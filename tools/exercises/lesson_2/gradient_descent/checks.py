"""Checks of gradient-descent: the path is followed step by step, backwards from where it ended."""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.exercises.checking import Checks, Learner
from tools.exercises.comparing import as_array, call_text, close, kind

Array = np.ndarray
Problem = tuple[Array, Array, int, float, int]
checks = Checks()


@checks.check("weights of the shape [d, classes] and one loss a step come back")
def shapes(learner: Learner, random: np.random.Generator) -> None:
    _fit(learner, EXAMPLE)
    for steps in (1, int(random.integers(2, 6))):
        _fit(learner, _problem(random, 12, 3, 4, steps))


@checks.check("the losses fall and belong to the steps that lead to the weights")
def path(learner: Learner, random: np.random.Generator) -> None:
    _follow(learner, EXAMPLE)
    for steps in (1, 4, 7):
        n, d, k = int(random.integers(8, 30)), int(random.integers(2, 5)), int(random.integers(2, 5))
        _follow(learner, _problem(random, n, d, k, steps))


@checks.check("the weights are those after the last step")
def last(learner: Learner, random: np.random.Generator) -> None:
    for steps in (2, 1):
        given = _problem(random, 20, 4, 4, steps)
        weights, losses = _fit(learner, given)
        places, _ = _from_zeros(given)
        missed, early = (float(np.linalg.norm(weights - each)) for each in (places[-1], places[-2]))
        if early < 0.25 * missed:  # small random weights to begin with are well within that
            mistake = _told(given, weights, losses)
            _fail(learner, given, f"the weights after all {steps} steps of that rate", mistake)


@checks.check("the learning rate sets how far a step goes")
def rate(learner: Learner, random: np.random.Generator) -> None:
    features, labels, classes, eta, steps = _problem(random, 20, 3, 3, 4)
    for share in (0.05, 0.5, 1.2):
        _follow(learner, (features, labels, classes, share * eta, steps))


@checks.check("a class that no example has still has its column")
def absent(learner: Learner, random: np.random.Generator) -> None:
    features, labels, _, eta, steps = _problem(random, 15, 3, 3, 4)
    _follow(learner, (features, labels, 5, eta, steps))


@checks.check("after many steps the lowest possible loss is reached")
def optimum(learner: Learner, random: np.random.Generator) -> None:
    for classes in (2, 3):
        features, labels = _overlapping(random, 60, classes)
        given = (features, labels, classes, float(round(1 / _steepest(features), 4)), 400)
        weights, losses = _fit(learner, given)
        lowest = loss_at(_lowest(features, labels, classes), features, labels)
        reached = loss_at(weights, features, labels)
        if not reached <= lowest + 1e-3:
            words = f"a loss of {lowest:.4f} after 400 steps, the lowest there is; yours is {reached:.4f}"
            _fail(learner, given, words)
        if not abs(losses[-1] - reached) < 1e-3:
            words = f"as the last loss the {reached:.4f} that your weights have, not {losses[-1]:.4f}"
            _fail(learner, given, words)
        if (np.diff(losses) > 1e-5).any():
            _fail(learner, given, "losses that never rise at this learning rate")


def loss_at(weights: Array, features: Array, labels: Array) -> float:
    """The mean cross-entropy."""
    scores = features @ weights
    largest = scores.max(axis=1)
    totals = largest + np.log(np.exp(scores - largest[:, None]).sum(axis=1))
    return float((totals - scores[np.arange(len(labels)), labels]).mean())


def slopes(weights: Array, features: Array, labels: Array) -> Array:
    """The gradient of the mean cross-entropy."""
    scores = features @ weights
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    errors = e / e.sum(axis=1, keepdims=True) - np.eye(weights.shape[1])[labels]
    return np.asarray(features.T @ errors / len(labels))


def _from_zeros(given: Problem, factor: float = 1.0, once: bool = False) -> tuple[list[Array], list[float]]:
    """The weights before each step and after the last, and their losses; `factor` lengthens the steps."""
    features, labels, classes, eta, steps = given
    weights = np.zeros((features.shape[1], classes))
    first = slopes(weights, features, labels)
    places = [weights]
    for _ in range(steps):
        slope = first if once else slopes(places[-1], features, labels)
        places.append(places[-1] - factor * eta * slope)
    return places, [loss_at(each, features, labels) for each in places]


def _fit(learner: Learner, given: Problem) -> tuple[Array, Array]:
    """The learner's weights and losses, of the right shapes; a mistake in them is told."""
    features, labels, classes, _, steps = given
    call = call_text("fit", given, {})
    value = learner.call("fit", *given)
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        learner.fail("two things: the weights and the losses", call=call, got=value)
    weights, losses = as_array(value[0]), as_array(value[1])
    shape = (features.shape[1], classes)
    if weights is None or weights.shape != shape or weights.dtype.kind not in "iuf":
        known = int(labels.max()) + 1
        fewer = weights is not None and weights.shape == (shape[0], known) and known < classes
        learner.fail(
            f"weights of the shape {shape}: a row for each feature, a column for each class",
            mistake="classes-from-labels" if fewer else "",
            call=call,
            got=value[0],
            wrong=f"the weights are a {kind(value[0])}",
        )
    if losses is None or losses.shape != (steps,) or losses.dtype.kind not in "iuf":
        longer = losses is not None and losses.shape == (steps + 1,)
        learner.fail(
            f"{steps} {'loss' if steps == 1 else 'losses'}, one a step",
            mistake="one-loss-too-many" if longer else "",
            call=call,
            got=value[1],
        )
    weights, losses = weights.astype(float), losses.astype(float)
    if not (np.isfinite(weights).all() and np.isfinite(losses).all()):
        _fail(learner, given, "finite numbers, without nan and inf", _told(given, weights, losses))
    return weights, losses


def _follow(learner: Learner, given: Problem) -> None:
    """Fail unless the losses are those of the path of gradient descent that ends at the weights."""
    features, labels, _, eta, steps = given
    weights, losses = _fit(learner, given)
    mistake = _told(given, weights, losses)
    reached = loss_at(weights, features, labels)
    if mistake == "uphill" or (np.diff([*losses, reached]) > 1e-5).any():
        _fail(
            learner, given, "losses that fall from step to step at this small learning rate", mistake, losses
        )
    if mistake == "first-weights":
        words = (
            f"the weights after all {steps} steps; after the last one, their loss is below {losses[-1]:.4f}"
        )
        _fail(learner, given, words, mistake, losses)
    places = [weights]
    for _ in range(steps):  # where the step began that ended here: a contraction, as the rate is small
        here = places[0]
        before = here
        for _ in range(400):
            before = here + eta * slopes(before, features, labels)
        places.insert(0, before)
    path = np.array([loss_at(each, features, labels) for each in places])
    if not (np.abs(losses - path[:-1]) < 1e-4).all() and not (np.abs(losses - path[1:]) < 1e-4).all():
        words = (
            f"losses of the {steps} steps of {eta:.4g} times the gradient that end at your weights; walked "
            f"back from them, the losses before each step are {path[:-1].round(4).tolist()}, "
            f"after each step {path[1:].round(4).tolist()}"
        )
        _fail(learner, given, words, mistake, losses)


def _fail(learner: Learner, given: Problem, words: str, mistake: str = "", losses: Any = ...) -> None:
    got = losses if losses is ... else [round(float(each), 4) for each in losses]
    learner.fail(words, mistake=mistake, call=call_text("fit", given, {}), got=got)


def _told(given: Problem, weights: Array, losses: Array) -> str:
    """The mistake whose path from zeros the answer is; "" where the answer is none of them, or right."""
    n, eta = len(given[1]), given[3]
    places, values = _from_zeros(given)
    if _near(weights, places[-1]) and (_near(losses, values[:-1]) or _near(losses, values[1:])):
        return ""
    if given[4] > 1 and _near(weights, places[-2]) and _near(losses, values[:-1]):
        return "first-weights"
    for mistake, factor, once in (
        ("uphill", -1.0, False),
        ("sum-not-mean", n, False),
        ("rate-ignored", 1 / eta, False),
        ("gradient-once", 1.0, True),
    ):
        places, values = _from_zeros(given, factor, once)
        if _near(weights, places[-1]) and (_near(losses, values[:-1]) or _near(losses, values[1:])):
            return mistake
    return ""


def _near(mine: Array, theirs: Any) -> bool:
    return close(mine, np.asarray(theirs), 1e-4)


def _problem(random: np.random.Generator, n: int, d: int, k: int, steps: int) -> Problem:
    """Random examples, with a learning rate at which gradient descent can be walked backwards."""
    features = random.normal(size=(n, d))
    labels = np.append(random.integers(0, k, size=n - k), np.arange(k))
    return features, labels, k, float(round(0.5 / _steepest(features), 4)), steps


def _steepest(features: Array) -> float:
    """A bound on how fast the gradient can change."""
    return float(np.linalg.eigvalsh(features.T @ features / len(features))[-1] / 2)


def _overlapping(random: np.random.Generator, n: int, classes: int) -> tuple[Array, Array]:
    """Classes that no weights can separate, so that the lowest loss is reached at finite weights."""
    labels = np.arange(n) % classes
    centres = random.normal(size=(classes, 2))
    features = np.column_stack([centres[labels] + random.normal(size=(n, 2)), np.ones(n)])
    features[:, :2] = (features[:, :2] - features[:, :2].mean(axis=0)) / features[:, :2].std(axis=0)
    return features, np.where(random.random(n) < 0.5, labels, random.permutation(labels))


def _lowest(features: Array, labels: Array, classes: int) -> Array:
    """The weights of the lowest loss, by Newton's method."""
    n, d = features.shape
    weights = np.zeros((d, classes))
    for _ in range(50):
        scores = features @ weights
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        curvature = np.zeros((d * classes, d * classes))
        for row in range(n):
            spread = np.diag(p[row]) - np.outer(p[row], p[row])
            curvature += np.kron(np.outer(features[row], features[row]), spread) / n
        step = np.linalg.lstsq(curvature, slopes(weights, features, labels).ravel(), rcond=None)[0]
        weights = weights - step.reshape(d, classes)
    return weights


EXAMPLE = (np.array([[1.0, 2.0], [0.0, 1.0], [1.0, 1.0]]), np.array([0, 2, 1]), 3, 0.2, 3)
