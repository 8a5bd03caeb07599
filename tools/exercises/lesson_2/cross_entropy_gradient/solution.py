"""Cross-entropy of a linear classifier, and its gradient."""

import numpy as np


def loss_and_gradient(
    weights: np.ndarray, features: np.ndarray, labels: np.ndarray
) -> tuple[float, np.ndarray]:
    """The mean cross-entropy and its slopes [d, k], for weights [d, k], features [n, d] and labels [n]."""
    scores = features @ weights
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(labels))
    errors = np.exp(log_probabilities)
    errors[rows, labels] -= 1  # p - y
    return -float(log_probabilities[rows, labels].mean()), features.T @ errors / len(labels)
