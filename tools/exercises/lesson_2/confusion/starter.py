"""Confusion matrix and macro F1."""

from collections.abc import Sequence

import numpy as np


def confusion_matrix(
    y_true: Sequence[int] | np.ndarray, y_pred: Sequence[int] | np.ndarray, classes: int
) -> np.ndarray:
    """How many examples of each true class (row) were called each class (column): [classes, classes]."""
    raise NotImplementedError("write this")


def macro_f1(matrix: np.ndarray) -> float:
    """The plain mean of the F1 scores of all classes, from a confusion matrix [k, k]."""
    raise NotImplementedError("write this")
