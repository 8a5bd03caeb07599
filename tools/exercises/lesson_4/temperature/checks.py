"""Checks of temperature: softmax of divided logits, then top-k, then top-p, adding up to 1."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from tools.exercises.checking import Checks, Learner, close
from tools.exercises.comparing import as_array, call_text

Array = np.ndarray[Any, Any]
checks = Checks()
WORDS = "the softmax of the logits over the temperature, cut by top-k, then by top-p, adding up to 1"


@checks.check("the temperature divides the logits")
def temperatures(learner: Learner, random: np.random.Generator) -> None:
    logits = _logits(random, 6)
    for temperature in (1.0, 0.5, 2.0, float(random.uniform(0.2, 3.0))):
        _expect(learner, logits, temperature)


@checks.check("a temperature of 0 is greedy")
def greedy(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, _logits(random, 7), 0.0)
    _expect(learner, _logits(random, 7), 0)
    _expect(learner, _logits(random, 5), 0.0, top_p=0.5, top_k=2)


@checks.check("top-k keeps the likeliest tokens")
def top_k(learner: Learner, random: np.random.Generator) -> None:
    for k in (1, 2, 4):
        _expect(learner, _logits(random, 8), 1.0, top_k=k)
    _expect(learner, _logits(random, 8), 0.7, top_k=int(random.integers(2, 6)))


@checks.check("a top-k beyond the vocabulary keeps all")
def top_k_large(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, _logits(random, 4), 1.0, top_k=10)


@checks.check("top-p keeps the token that crosses it")
def top_p(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, np.log(np.array([0.15, 0.5, 0.05, 0.3])), 1.0, top_p=0.6)
    _expect(learner, np.log(np.array([0.1, 0.2, 0.7])), 1.0, top_p=0.3)
    for p in (0.35, 0.55, 0.95):
        _expect(learner, _logits(random, 9), 1.0, top_p=p)


@checks.check("all three work together")
def together(learner: Learner, random: np.random.Generator) -> None:
    logits = np.log(np.array([0.2, 0.4, 0.1, 0.3]))
    _expect(learner, logits, 0.5, top_p=0.5)  # top-p counts what the temperature left, not the logits' own
    _expect(learner, logits, 2.0, top_p=0.68, top_k=4)
    for _ in range(4):
        k = int(random.integers(2, 7))
        _expect(
            learner,
            _logits(random, 10),
            float(random.uniform(0.5, 2)),
            top_p=float(random.uniform(0.4, 0.9)),
            top_k=k,
        )


@checks.check("large logits and small temperatures do not overflow")
def stable(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, np.array([1000.0, 999.0, -1000.0]), 1.0)
    _expect(learner, np.array([50.0, 49.0, 10.0]), 0.01)


@checks.mistake("temperature-multiplied")
def temperature_multiplied(logits: Array, temperature: float, top_p: float = 1.0, top_k: int = 0) -> Array:
    return right(np.asarray(logits) * temperature, 1.0, top_p, top_k)


@checks.mistake("temperature-after-softmax")
def temperature_after_softmax(logits: Array, temperature: float, top_p: float = 1.0, top_k: int = 0) -> Array:
    return right(logits, 1.0, top_p, top_k)


@checks.mistake("crossing-token-dropped")
def crossing_token_dropped(logits: Array, temperature: float, top_p: float = 1.0, top_k: int = 0) -> Array:
    return right(logits, temperature, top_p, top_k, crossing=False)


@checks.mistake("not-renormalised")
def not_renormalised(logits: Array, temperature: float, top_p: float = 1.0, top_k: int = 0) -> Array:
    whole = right(logits, temperature, 1.0, 0)
    return np.where(right(logits, temperature, top_p, top_k) > 0, whole, 0.0)


@checks.mistake("keeps-too-many")
def keeps_too_many(logits: Array, temperature: float, top_p: float = 1.0, top_k: int = 0) -> Array:
    return right(logits, temperature, top_p, top_k + 1 if top_k else 0)


@checks.mistake("unsorted")
def unsorted(logits: Array, temperature: float, top_p: float = 1.0, top_k: int = 0) -> Array:
    whole = right(logits, temperature, 1.0, top_k)
    before = np.cumsum(whole) - whole
    left = np.where(before < top_p, whole, 0.0)
    return left / left.sum()


@checks.sign("zero-divides")
def zero_divides(tree: object, message: str) -> bool:
    return "ZeroDivisionError" in message or (
        re.search(r", 0(?:\.0)?[,)]", message) is not None and "nan" in message
    )


def right(
    logits: Array,
    temperature: float,
    top_p: float,
    top_k: int,
    *,
    crossing: bool = True,
    of_kept: bool = True,
) -> Array:
    """The distribution; `of_kept` counts top-p's share among the tokens that top-k left."""
    result = np.zeros(len(logits))
    if temperature == 0:
        result[int(np.argmax(logits))] = 1.0
        return result
    scaled = (np.asarray(logits, dtype=float) - np.max(logits)) / temperature
    whole = np.exp(scaled) / np.exp(scaled).sum()
    places = sorted(range(len(whole)), key=lambda place: -whole[place])[: top_k or None]
    total = sum(whole[place] for place in places) if of_kept else 1.0
    reached = 0.0
    for place in places:
        share = whole[place] / total
        if reached >= top_p or (not crossing and reached + share > top_p and reached > 0):
            break
        result[place] = whole[place]
        reached += share
    return result / result.sum()


def _expect(learner: Learner, logits: Array, temperature: float, top_p: float = 1.0, top_k: int = 0) -> None:
    given: dict[str, float] = {}
    if top_p < 1:
        given["top_p"] = top_p
    if top_k:
        given["top_k"] = top_k
    expected = right(logits, temperature, top_p, top_k)
    other = right(logits, temperature, top_p, top_k, of_kept=False)
    value = learner.call("sample_distribution", logits, temperature, **given)
    if close(value, other):  # the share of top-p may also be counted among all tokens
        return
    array = as_array(value)
    mistake = learner.recognise("sample_distribution", value, expected, (logits, temperature), given)
    if not temperature:
        mistake = "zero-divides" if array is None or not np.all(np.isfinite(array)) else ""
    learner.compare(
        value,
        expected,
        words=WORDS if temperature else "all probability on the largest logit",
        call=call_text("sample_distribution", (logits, temperature), given),
        mistake=mistake,
    )


def _logits(random: np.random.Generator, size: int) -> Array:
    """Logits whose order is not that of the vocabulary, and far from any tie."""
    return random.permutation(np.linspace(2.0, -2.0, size) + random.uniform(-0.1, 0.1, size))
