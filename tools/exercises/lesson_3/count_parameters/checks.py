"""Checks of count-parameters: weights and biases of single layers and of whole networks."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from tools.exercises.checking import Checks, Learner

Layers = list[tuple[int, int]]
checks = Checks()


@checks.check("the lesson's network has 263005 parameters")
def lesson(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, [(100, 200), (200, 400), (400, 400), (400, 5)])
    _expect(learner, [(2, 4), (4, 1)])


@checks.check("a single layer has a weight for each pair and a bias for each output")
def single(learner: Learner, random: np.random.Generator) -> None:
    for layer in ((3, 8), (9, 2), (384, 64)):
        _expect(learner, [layer])
    inputs, outputs = (int(each) for each in random.integers(2, 500, size=2))
    _expect(learner, [(inputs, outputs)])


@checks.check("the parameters of all layers are added up")
def networks(learner: Learner, random: np.random.Generator) -> None:
    for number in (2, 3, int(random.integers(4, 9))):
        widths = [int(each) for each in random.integers(1, 600, size=number + 1)]
        _expect(learner, list(pairwise(widths)))
    _expect(learner, [(30, 40), (40, 30), (30, 40)])


@checks.check("a network without layers has none")
def empty(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, [])


@checks.mistake("no-bias")
def no_bias(layers: Layers) -> int:
    return sum(m * n for m, n in layers)


@checks.mistake("bias-per-input")
def bias_per_input(layers: Layers) -> int:
    return sum(m * (n + 1) for m, n in layers)


@checks.mistake("one-bias")
def one_bias(layers: Layers) -> int:
    return sum(m * n + 1 for m, n in layers)


@checks.mistake("last-only")
def last_only(layers: Layers) -> int:
    return right(layers[-1:])


@checks.mistake("last-only")
def first_only(layers: Layers) -> int:
    return right(layers[:1])


@checks.mistake("activations")
def with_outputs(layers: Layers) -> int:
    return right(layers) + sum(n for _, n in layers)


@checks.mistake("activations")
def with_hidden(layers: Layers) -> int:
    return right(layers) + sum(n for _, n in layers[:-1])


@checks.mistake("activations")
def one_each(layers: Layers) -> int:
    return right(layers) + len(layers)


def right(layers: Layers) -> int:
    """What `count_parameters` should give."""
    total = 0
    for m, n in layers:
        total += m * n + n
    return total


def _expect(learner: Learner, layers: Layers) -> None:
    learner.expect(
        "count_parameters",
        layers,
        gives=right(layers),
        words=f"{right(layers)}: for each layer its weights and one bias for each output, added up",
    )
