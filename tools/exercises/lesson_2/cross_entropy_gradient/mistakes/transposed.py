import numpy as np


def loss_and_gradient(weights, features, labels):
    scores = features @ weights
    scores = scores - scores.max(axis=1, keepdims=True)
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    rows = np.arange(len(labels))
    errors = np.exp(logs)
    errors[rows, labels] -= 1
    return -logs[rows, labels].mean(), errors.T @ features / len(labels)
