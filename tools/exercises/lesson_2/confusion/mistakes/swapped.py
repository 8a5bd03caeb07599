import numpy as np


def confusion_matrix(y_true, y_pred, classes):
    matrix = np.zeros((classes, classes), dtype=int)
    for t, p in zip(y_true, y_pred, strict=True):
        matrix[p, t] += 1
    return matrix


def macro_f1(matrix):
    hits = np.diag(matrix)
    both = matrix.sum(axis=0) + matrix.sum(axis=1)
    return np.mean([2 * h / b if b else 0.0 for h, b in zip(hits, both, strict=True)])
