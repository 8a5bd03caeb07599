import numpy as np


def confusion_matrix(y_true, y_pred, classes):
    matrix = np.zeros((classes, classes))
    for t in range(classes):
        for p in range(classes):
            matrix[t, p] = np.sum((y_true == t) & (y_pred == p))
    return matrix


def macro_f1(matrix):
    hits = np.diag(matrix)
    both = matrix.sum(axis=0) + matrix.sum(axis=1)
    return np.mean([2 * h / b if b else 0.0 for h, b in zip(hits, both, strict=True)])
