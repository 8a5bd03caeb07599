import numpy as np


def confusion_matrix(y_true, y_pred, classes):
    matrix = np.zeros((classes, classes), dtype=int)
    for t, p in zip(y_true, y_pred, strict=True):
        matrix[t, p] += 1
    return matrix


def macro_f1(matrix):
    scores = []
    for k in range(len(matrix)):
        both = matrix[k].sum() + matrix[:, k].sum()
        if both > 0:
            scores.append(2 * matrix[k, k] / both)
    return sum(scores) / len(scores)
