"""Checks of attention: weights and updated vectors, with keys narrower and wider than the vectors."""

from __future__ import annotations

import numpy as np

from tools.exercises.arrays_or_tensors import call_with_either
from tools.exercises.checking import Checks, Learner, Tensor
from tools.exercises.comparing import call_text

Array = np.ndarray
checks = Checks()


@checks.check("the course's example comes out")
def example(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, X, W_Q, W_K, W_V)


@checks.check("two arrays come back, updated vectors and weights")
def shapes(learner: Learner, random: np.random.Generator) -> None:
    inputs = _inputs(random, n=3, d=4, m=2)
    value = call_with_either(learner, "attention", *inputs)
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        learner.fail("a pair: the updated vectors and the weights", call=CALL, got=value)
    for part, name, shape in ((value[0], "updated vectors", (3, 4)), (value[1], "weights", (3, 3))):
        array = part.array if isinstance(part, Tensor) else part
        if not isinstance(array, np.ndarray) or array.shape != shape:
            learner.fail(f"{name} of the shape {shape}", call=CALL, got=part)


@checks.check("each row of weights adds up to 1")
def rows(learner: Learner, random: np.random.Generator) -> None:
    inputs = _inputs(random, n=5, d=4, m=4)
    value = call_with_either(learner, "attention", *inputs)
    weights = value[1] if isinstance(value, (list, tuple)) and len(value) == 2 else None
    weights = weights.array if isinstance(weights, Tensor) else weights
    if not isinstance(weights, np.ndarray) or weights.shape != (5, 5):
        learner.fail("weights of the shape (5, 5) as the second value", call=CALL, got=value)
    sums = weights.sum(axis=1)
    if not np.allclose(sums, 1, atol=1e-4):
        mistake = learner.recognise("attention", value, right(*inputs), inputs, tolerance=TOLERANCE)
        learner.fail("rows of weights that add up to 1", mistake=mistake, call=CALL, got=weights)


@checks.check("as many numbers in a key as in a vector")
def square(learner: Learner, random: np.random.Generator) -> None:
    for _ in range(3):
        n, d = random.integers(2, 7, size=2)
        _expect(learner, *_inputs(random, int(n), int(d), int(d)))


@checks.check("keys that are narrower or wider than the vectors")
def widths(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, *_inputs(random, n=4, d=6, m=2))
    _expect(learner, *_inputs(random, n=6, d=3, m=8))
    for _ in range(3):
        n, d, m = random.integers(2, 9, size=3)
        _expect(learner, *_inputs(random, int(n), int(d), int(m)))


@checks.check("a single token attends to itself")
def single(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, *_inputs(random, n=1, d=4, m=3))


@checks.check("the vectors that were passed in stay as they are")
def untouched(learner: Learner, random: np.random.Generator) -> None:
    function = learner.function("attention")
    before, after = learner.stage("before_and_after", function, *_inputs(random, n=3, d=4, m=2))
    learner.compare(after, before, words="the vectors x as they were: add without changing them", call=CALL)


@checks.mistake("not-scaled")
def not_scaled(x: Array, w_q: Array, w_k: Array, w_v: Array) -> tuple[Array, Array]:
    return _attention(x, w_q, w_k, w_v, 1.0)


@checks.mistake("wrong-width")
def model_width(x: Array, w_q: Array, w_k: Array, w_v: Array) -> tuple[Array, Array]:
    return _attention(x, w_q, w_k, w_v, np.sqrt(x.shape[1]))


@checks.mistake("wrong-width")
def token_number(x: Array, w_q: Array, w_k: Array, w_v: Array) -> tuple[Array, Array]:
    return _attention(x, w_q, w_k, w_v, np.sqrt(x.shape[0]))


@checks.mistake("wrong-width")
def no_root(x: Array, w_q: Array, w_k: Array, w_v: Array) -> tuple[Array, Array]:
    return _attention(x, w_q, w_k, w_v, float(w_k.shape[1]))


@checks.mistake("wrong-axis")
def wrong_axis(x: Array, w_q: Array, w_k: Array, w_v: Array) -> tuple[Array, Array]:
    weights = _softmax((x @ w_k) @ (x @ w_q).T / np.sqrt(w_k.shape[1])).T
    return x + weights @ x @ w_v, weights


@checks.mistake("no-residual")
def no_residual(x: Array, w_q: Array, w_k: Array, w_v: Array) -> tuple[Array, Array]:
    updated, weights = right(x, w_q, w_k, w_v)
    return updated - x, weights


@checks.mistake("vectors-mixed")
def vectors_mixed(x: Array, w_q: Array, w_k: Array, w_v: Array) -> tuple[Array, Array]:
    weights = right(x, w_q, w_k, w_v)[1]
    return x + weights @ x, weights


@checks.mistake("transposed")
def transposed(x: Array, w_q: Array, w_k: Array, w_v: Array) -> tuple[Array, Array]:
    return _attention(x, w_q.T, w_k.T, w_v.T, np.sqrt(w_k.shape[1]))


@checks.mistake("swapped")
def swapped(x: Array, w_q: Array, w_k: Array, w_v: Array) -> tuple[Array, Array]:
    return _attention(x, w_k, w_q, w_v, np.sqrt(w_k.shape[1]))


@checks.mistake("causal")
def causal(x: Array, w_q: Array, w_k: Array, w_v: Array) -> tuple[Array, Array]:
    scores = (x @ w_q) @ (x @ w_k).T / np.sqrt(w_k.shape[1])
    weights = _softmax(np.where(np.tri(len(x), dtype=bool), scores, -np.inf))
    return x + weights @ x @ w_v, weights


def right(x: Array, w_q: Array, w_k: Array, w_v: Array) -> tuple[Array, Array]:
    """Updated vectors and weights, token by token."""
    updated, rows = [], []
    for token in x:
        scores = np.array([(token @ w_q) @ (other @ w_k) for other in x]) / np.sqrt(w_k.shape[1])
        shares = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
        rows.append(shares)
        updated.append(token + sum(share * (other @ w_v) for share, other in zip(shares, x, strict=True)))
    return np.array(updated), np.array(rows)


def _attention(x: Array, w_q: Array, w_k: Array, w_v: Array, divisor: float) -> tuple[Array, Array]:
    weights = _softmax((x @ w_q) @ (x @ w_k).T / divisor)
    return x + weights @ x @ w_v, weights


def _softmax(scores: Array) -> Array:
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))


def _inputs(random: np.random.Generator, n: int, d: int, m: int) -> tuple[Array, Array, Array, Array]:
    w_q, w_k = random.normal(size=(2, d, m))
    return random.normal(size=(n, d)), w_q, w_k, random.normal(size=(d, d))


def _expect(learner: Learner, x: Array, w_q: Array, w_k: Array, w_v: Array) -> None:
    value = call_with_either(learner, "attention", x, w_q, w_k, w_v)
    gives = right(x, w_q, w_k, w_v)
    learner.compare(
        value,
        gives,
        words="x plus the weighted values, and as weights the softmax of each query's scaled scores",
        call=call_text("attention", (x, w_q, w_k, w_v), {}),
        tolerance=TOLERANCE,
        mistake=learner.recognise("attention", value, gives, (x, w_q, w_k, w_v), tolerance=TOLERANCE),
    )


CALL = "attention(x, w_q, w_k, w_v)"
TOLERANCE = 1e-5
X = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])
W_Q = np.array([[1.0, 1.0], [3.0, -1.0]])
W_K = np.array([[2.0, 0.0], [0.0, 1.0]])
W_V = np.array([[1.0, 0.0], [0.0, 2.0]])
