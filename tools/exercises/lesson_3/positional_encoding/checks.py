"""Checks of positional-encoding: the shape, and every number of small and large tables."""

from __future__ import annotations

import math

import numpy as np

from tools.exercises.checking import Checks, Learner, Tensor

Array = np.ndarray
checks = Checks()


@checks.check("the table has a row for each position and a column for each number")
def shape(learner: Learner, random: np.random.Generator) -> None:
    for positions, width in ((3, 8), (9, 4)):
        value = learner.call("sinusoidal", positions, width)
        array = value.array if isinstance(value, Tensor) else value
        if not isinstance(array, np.ndarray) or array.shape != (positions, width):
            mistake = "turned" if isinstance(array, np.ndarray) and array.shape == (width, positions) else ""
            call = f"sinusoidal({positions}, {width})"
            learner.fail(f"an array of shape ({positions}, {width})", mistake=mistake, call=call, got=value)


@checks.check("position 0 is 0, 1, 0, 1 and so on")
def first(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, 1, 6)
    _expect(learner, 2, 2)


@checks.check("position 1 of width 4 is the course's example")
def example(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, 3, 4)


@checks.check("tables of random sizes hold the right numbers")
def sizes(learner: Learner, random: np.random.Generator) -> None:
    for _ in range(5):
        _expect(learner, int(random.integers(2, 40)), 2 * int(random.integers(1, 20)))


@checks.check("a large table holds the right numbers")
def large(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, 200, 128)


@checks.mistake("halves")
def halves(positions: int, width: int) -> Array:
    table = right(positions, width)
    return np.concatenate([table[:, 0::2], table[:, 1::2]], axis=1)


@checks.mistake("sine-and-cosine-swapped")
def exchanged(positions: int, width: int) -> Array:
    table = right(positions, width)
    return table.reshape(positions, -1, 2)[:, :, ::-1].reshape(positions, width)


@checks.mistake("own-wavelength")
def own_wavelength(positions: int, width: int) -> Array:
    return _alternating(np.arange(positions)[:, None] / 10000 ** (np.arange(width) / width))


@checks.mistake("own-wavelength")
def own_double_wavelength(positions: int, width: int) -> Array:
    return _alternating(np.arange(positions)[:, None] / 10000 ** (2 * np.arange(width) / width))


@checks.mistake("doubled-exponent")
def doubled_exponent(positions: int, width: int) -> Array:
    if width <= 4:
        raise ValueError("other exponents give the same in a table so narrow")
    exponent = 2 * (np.arange(width) // 2 * 2) / width
    return _alternating(np.arange(positions)[:, None] / 10000**exponent)


@checks.mistake("halved-exponent")
def halved_exponent(positions: int, width: int) -> Array:
    return _alternating(np.arange(positions)[:, None] / 10000 ** (np.arange(width) // 2 / width))


@checks.mistake("from-one")
def from_one(positions: int, width: int) -> Array:
    return right(positions + 1, width)[1:]


@checks.mistake("slow-side-first")
def multiplied(positions: int, width: int) -> Array:
    return _alternating(np.arange(positions)[:, None] * 10000 ** (np.arange(width) // 2 * 2 / width))


@checks.mistake("turned")
def turned(positions: int, width: int) -> Array:
    return right(positions, width).T


def right(positions: int, width: int) -> Array:
    """The table, number by number."""
    table = np.zeros((positions, width))
    for p in range(positions):
        for i in range(width // 2):
            angle = p / 10000 ** (2 * i / width)
            table[p, 2 * i], table[p, 2 * i + 1] = math.sin(angle), math.cos(angle)
    return table


def _alternating(angles: Array) -> Array:
    return np.where(np.arange(angles.shape[1]) % 2 == 0, np.sin(angles), np.cos(angles))


def _expect(learner: Learner, positions: int, width: int) -> None:
    learner.expect(
        "sinusoidal",
        positions,
        width,
        gives=right(positions, width),
        words="for each position from 0 on, the sine and the cosine of p / 10000^(2i/d), pair by pair",
        tolerance=1e-4,
    )
