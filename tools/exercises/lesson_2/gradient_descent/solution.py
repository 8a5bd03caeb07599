"""Gradient descent for a linear classifier with softmax."""

import numpy as np


def fit(
    features: np.ndarray, labels: np.ndarray, classes: int, learning_rate: float, steps: int
) -> tuple[np.ndarray, list[float]]:
    """The weights [d, classes] after `steps` steps and one loss a step, for features [n, d], labels [n]."""
    weights = np.zeros((features.shape[1], classes))
    losses = []
    for _ in range(steps):
        loss, gradient = loss_and_gradient(weights, features, labels)
        losses.append(loss)
        weights -= learning_rate * gradient
    return weights, losses


def loss_and_gradient(
    weights: np.ndarray, features: np.ndarray, labels: np.ndarray
) -> tuple[float, np.ndarray]:
    """The mean cross-entropy, and its slope for each weight."""
    scores = features @ weights
    scores -= scores.max(axis=1, keepdims=True)
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    rows = np.arange(len(labels))
    errors = np.exp(logs)
    errors[rows, labels] -= 1
    return -float(logs[rows, labels].mean()), features.T @ errors / len(labels)
