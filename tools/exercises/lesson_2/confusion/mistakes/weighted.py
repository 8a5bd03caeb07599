import numpy as np


def confusion_matrix(y_true, y_pred, classes):
    matrix = np.zeros((classes, classes), dtype=int)
    for t, p in zip(y_true, y_pred, strict=True):
        matrix[t, p] += 1
    return matrix


def macro_f1(matrix):
    both = matrix.sum(axis=0) + matrix.sum(axis=1)
    scores = 2 * np.diag(matrix) / np.maximum(both, 1)
    return (scores * matrix.sum(axis=1)).sum() / matrix.sum()
