"""Checks of memory-estimate: weights, gradients and the state of each optimiser, in bytes."""

from __future__ import annotations

import numpy as np

from tools.exercises.checking import Checks, CodeRaised, Learner
from tools.exercises.comparing import call_text, difference, number

checks = Checks()


@checks.check("plain SGD keeps weights and gradients")
def sgd(learner: Learner, random: np.random.Generator) -> None:
    _expect_all(learner, random, "sgd")


@checks.check("momentum keeps one more number for each weight")
def momentum(learner: Learner, random: np.random.Generator) -> None:
    _expect_all(learner, random, "momentum")


@checks.check("Adam keeps two more numbers for each weight")
def adam(learner: Learner, random: np.random.Generator) -> None:
    _expect_all(learner, random, "adam")


@checks.check("AdamW keeps as much as Adam")
def adamw(learner: Learner, random: np.random.Generator) -> None:
    _expect_all(learner, random, "adamw")


@checks.check("the largest models are counted exactly")
def large(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, 70_553_706_496, 2, "adamw")
    _expect(learner, 0, 4, "adam")


@checks.mistake("four-bytes")
def four_bytes(parameters: int, bytes_per_weight: int, optimizer: str) -> int:
    return right(parameters, 4, optimizer)


@checks.mistake("four-bytes")
def four_bytes_of_state(parameters: int, bytes_per_weight: int, optimizer: str) -> int:
    return parameters * (2 * bytes_per_weight + 4 * STATES[optimizer])


def right(parameters: int, bytes_per_weight: int, optimizer: str) -> int:
    """What `training_memory` should give."""
    return parameters * bytes_per_weight * (2 + STATES[optimizer])


def _expect_all(learner: Learner, random: np.random.Generator, optimizer: str) -> None:
    _expect(learner, 1_000_000_000, 4, optimizer)
    for bytes_per_weight in (1, 2, 4, 8):
        _expect(learner, int(random.integers(1_000, 10_000_000)), bytes_per_weight, optimizer)


def _expect(learner: Learner, parameters: int, bytes_per_weight: int, optimizer: str) -> None:
    states = STATES[optimizer]
    gives = right(parameters, bytes_per_weight, optimizer)
    given = (parameters, bytes_per_weight, optimizer)
    call = call_text("training_memory", given, {})
    words = (
        f"{gives} bytes: {parameters} weights, as many gradients and {states or 'no'} "
        f"{'number' if states == 1 else 'numbers'} of state for each, at {bytes_per_weight} bytes"
    )
    try:
        value = learner.call("training_memory", *given)
    except CodeRaised as error:
        if optimizer == "adamw" and _numbers(learner, "adam") == 4:
            learner.fail(words, mistake="adamw-unknown", call=call, wrong=f"it raised {error.raised.type}")
        raise
    if wrong := difference(value, gives):
        mistake = learner.recognise("training_memory", value, gives, given) or _told(learner)
        learner.fail(words, mistake=mistake, call=call, got=value, wrong=wrong)


def _told(learner: Learner) -> str:
    """The mistake behind how many numbers the four optimisers are given; "" where it is none of ours."""
    plain, momentum, adam, adamw = (_numbers(learner, each) for each in STATES)
    known: dict[tuple[float, ...], str] = {
        (1, 1, 1, 1): "weights-only",
        (1, 2, 3, 3): "no-gradients",
        (2, 2, 2, 2): "no-state",
        (2, 2, 4, 4): "momentum-none",
        (2, 3, 3, 3): "adam-one",
        (2, 2, 3, 3): "adam-one",
    }
    if adam == 4 and adamw != 4 and plain == 2:
        return "adamw-unknown"
    return known.get((plain, momentum, adam, adamw), "")


def _numbers(learner: Learner, optimizer: str) -> float:
    """How many numbers the learner's code counts for each weight; 0 where it cannot be said."""
    try:
        value = number(learner.call("training_memory", 1000, 4, optimizer))
    except CodeRaised:
        return 0.0
    return 0.0 if value is None else value / 4000


STATES = {"sgd": 0, "momentum": 1, "adam": 2, "adamw": 2}
