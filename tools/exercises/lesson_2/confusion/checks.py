"""Checks of confusion: each example in its cell, and each class alike in the mean."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from tools.exercises.checking import Checks, CodeRaised, Learner, Tensor
from tools.exercises.comparing import as_array, call_text, close, difference

Array = np.ndarray
checks = Checks()


@checks.check("cell [i, j] counts the examples of class i that were called j")
def cells(learner: Learner, random: np.random.Generator) -> None:
    _matrix(learner, np.array([0, 0, 1, 2, 2]), np.array([0, 1, 1, 2, 0]), 3)
    for _ in range(4):
        classes = int(random.integers(2, 6))
        _matrix(learner, *_answers(random, int(random.integers(10, 60)), classes), classes)


@checks.check("many examples are counted as well")
def many(learner: Learner, random: np.random.Generator) -> None:
    _matrix(learner, *_answers(random, 900, 2), 2)


@checks.check("lists are taken as well as arrays")
def lists(learner: Learner, random: np.random.Generator) -> None:
    classes = int(random.integers(3, 5))
    truth, predicted = _answers(random, 20, classes)
    _matrix(learner, truth.tolist(), predicted.tolist(), classes)


@checks.check("a class that does not occur keeps its row and its column")
def absent(learner: Learner, random: np.random.Generator) -> None:
    _matrix(learner, np.array([0, 1, 1]), np.array([1, 1, 0]), 4)
    _matrix(learner, np.array([2, 2, 0]), np.array([0, 2, 0]), 3)
    _matrix(learner, [1, 1], [1, 1], 3)


@checks.check("macro F1 is the mean of the F1 scores of the classes")
def macro(learner: Learner, random: np.random.Generator) -> None:
    _f1(learner, np.array([[8, 1, 1], [2, 1, 1], [0, 1, 5]]))
    for _ in range(4):
        classes = int(random.integers(2, 6))
        _f1(learner, random.integers(1, 12, size=(classes, classes)))


@checks.check("a rare class counts as much as a frequent one")
def rare(learner: Learner, random: np.random.Generator) -> None:
    _f1(learner, np.array([[90, 5], [3, 2]]))
    _f1(learner, np.array([[0, 0, 3], [0, int(random.integers(200, 400)), 1], [1, 0, 4]]))


@checks.check("a class that is never answered has an F1 of 0")
def never_answered(learner: Learner, random: np.random.Generator) -> None:
    _f1(learner, np.array([[6, 0], [4, 0]]))
    _f1(learner, np.array([[5, 0, 2], [3, 0, 1], [1, 0, int(random.integers(2, 9))]]))


@checks.check("a class that never occurs has an F1 of 0 and counts in the mean")
def never_there(learner: Learner, random: np.random.Generator) -> None:
    _f1(learner, np.array([[4, 1, 0], [2, 6, 0], [0, 0, 0]]))
    _f1(learner, np.array([[0, 0, 0], [1, 5, 2], [0, 1, int(random.integers(2, 9))]]))


@checks.mistake("swapped", of="confusion_matrix")
def swapped(y_true: Any, y_pred: Any, classes: int) -> Array:
    return right_matrix(y_true, y_pred, classes).T


@checks.mistake("classes-from-data", of="confusion_matrix")
def from_data(y_true: Any, y_pred: Any, classes: int) -> Array:
    there = sorted({*map(int, y_true), *map(int, y_pred)})
    return right_matrix(y_true, y_pred, classes)[np.ix_(there, there)]


@checks.mistake("classes-from-data", of="confusion_matrix")
def from_largest(y_true: Any, y_pred: Any, classes: int) -> Array:
    size = max(*map(int, y_true), *map(int, y_pred)) + 1
    return right_matrix(y_true, y_pred, classes)[:size, :size]


@checks.mistake("micro", of="macro_f1")
def micro(matrix: Any) -> float:
    return float(_table(matrix).trace() / _table(matrix).sum())


@checks.mistake("weighted", of="macro_f1")
def weighted(matrix: Any) -> float:
    table = _table(matrix)
    return float(np.average(_scores(table), weights=table.sum(axis=1)))


@checks.mistake("f1-of-means", of="macro_f1")
def of_means(matrix: Any) -> float:
    table = _table(matrix)
    hits = table.diagonal()
    precision = np.mean(hits / np.maximum(table.sum(axis=0), 1))
    recall = np.mean(hits / np.maximum(table.sum(axis=1), 1))
    return float(2 * precision * recall / (precision + recall))


@checks.mistake("absent-left-out", of="macro_f1")
def hits_only(matrix: Any) -> float:
    return float(np.mean([score for score in _scores(_table(matrix)) if score > 0]))


@checks.mistake("absent-left-out", of="macro_f1")
def there_only(matrix: Any) -> float:
    table = _table(matrix)
    return float(np.mean(_scores(table)[table.sum(axis=0) + table.sum(axis=1) > 0]))


@checks.mistake("absent-left-out", of="macro_f1")
def true_only(matrix: Any) -> float:
    table = _table(matrix)
    return float(np.mean(_scores(table)[table.sum(axis=1) > 0]))


@checks.mistake("zero-division", of="macro_f1")
def not_a_number(matrix: Any) -> float:
    return float("nan")


@checks.sign("zero-division")
def divided(tree: ast.Module, message: str) -> bool:
    return "raised: ZeroDivisionError" in message and "macro_f1(" in message


def right_matrix(y_true: Any, y_pred: Any, classes: int) -> Array:
    """What `confusion_matrix` should give."""
    places = np.asarray(y_true, dtype=int) * classes + np.asarray(y_pred, dtype=int)
    return np.bincount(places, minlength=classes * classes).reshape(classes, classes)


def right_f1(matrix: Any) -> float:
    """What `macro_f1` should give."""
    return float(_scores(_table(matrix)).mean())


def _table(matrix: Any) -> Array:
    return np.asarray(as_array(matrix), dtype=float)


def _scores(table: Array) -> Array:
    scores = np.zeros(len(table))
    for each in range(len(table)):
        hits = table[each, each]
        wrong = table[each].sum() + table[:, each].sum() - 2 * hits
        scores[each] = 2 * hits / (2 * hits + wrong) if hits else 0.0
    return scores


def _matrix(learner: Learner, truth: Any, predicted: Any, classes: int) -> None:
    gives = right_matrix(truth, predicted, classes)
    value = _called(learner, truth, predicted, classes)
    table = as_array(value)
    mistake = learner.recognise("confusion_matrix", table, gives, (truth, predicted, classes))
    if isinstance(truth, list) and not mistake and close(table, np.zeros_like(gives)):
        again = _called(learner, np.array(truth), np.array(predicted), classes)
        mistake = "whole-lists" if close(as_array(again), gives) else ""
    if wrong := difference(value if table is None else table, gives):
        learner.fail(
            f"a row for each true class, a column for each answer: {gives.tolist()}",
            mistake=mistake,
            call=call_text("confusion_matrix", (truth, predicted, classes), {}),
            got=value,
            wrong=wrong,
        )


def _called(learner: Learner, truth: Any, predicted: Any, classes: int) -> Any:
    """The learner's table; a function that wants the labels themselves for `classes` gets them."""
    try:
        return learner.call("confusion_matrix", truth, predicted, classes)
    except CodeRaised as first:
        try:
            return learner.call("confusion_matrix", truth, predicted, list(range(classes)))
        except CodeRaised:
            raise first from None


def _f1(learner: Learner, matrix: Array) -> None:
    learner.expect(
        "macro_f1",
        _as_own(learner, matrix),
        gives=right_f1(matrix),
        words=f"the mean of the F1 scores of all classes: {_scores(matrix).round(3).tolist()}",
        tolerance=1e-5,
    )


def _as_own(learner: Learner, matrix: Array) -> Any:
    """The matrix in the form in which the learner's own function returns one."""
    try:
        own = _called(learner, np.array([0, 1]), np.array([0, 1]), 2)
    except CodeRaised:
        return matrix
    if isinstance(own, (list, tuple)):
        return matrix.tolist()
    if isinstance(own, Tensor):
        return Tensor(matrix.astype(own.array.dtype))
    return matrix.astype(own.dtype) if isinstance(own, np.ndarray) and own.dtype.kind in "iuf" else matrix


def _answers(random: np.random.Generator, number: int, classes: int) -> tuple[Array, Array]:
    """True classes and answers that are right more often than not, and never mirror each other."""
    truth = random.integers(0, classes, size=number)
    wrong = np.minimum(truth + random.integers(1, 3, size=number), classes - 1)
    return truth, np.where(random.random(number) < 0.6, truth, wrong)
