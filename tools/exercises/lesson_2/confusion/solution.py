"""Confusion matrix and macro F1."""

from collections.abc import Sequence

import numpy as np


def confusion_matrix(
    y_true: Sequence[int] | np.ndarray, y_pred: Sequence[int] | np.ndarray, classes: int
) -> np.ndarray:
    """How many examples of each true class (row) were called each class (column): [classes, classes]."""
    matrix = np.zeros((classes, classes), dtype=int)
    for true, predicted in zip(y_true, y_pred, strict=True):
        matrix[true, predicted] += 1
    return matrix


def macro_f1(matrix: np.ndarray) -> float:
    """The plain mean of the F1 scores of all classes, from a confusion matrix [k, k]."""
    hits = matrix.diagonal()
    both = matrix.sum(axis=0) + matrix.sum(axis=1)  # 2 TP + FP + FN
    return float(np.mean(2 * hits / np.maximum(both, 1)))  # no hits: 0 / 1
