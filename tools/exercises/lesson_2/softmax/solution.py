"""Softmax of rows of scores."""

import numpy as np


def softmax(scores: np.ndarray) -> np.ndarray:
    """The probabilities of each row; `scores` and the result have the shape [n, k]."""
    shifted = scores - scores.max(axis=1, keepdims=True)  # the largest exponential is e^0 = 1
    exponentials = np.exp(shifted)
    return exponentials / exponentials.sum(axis=1, keepdims=True)
