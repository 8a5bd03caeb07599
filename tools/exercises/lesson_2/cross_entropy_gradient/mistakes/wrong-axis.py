import numpy as np


def loss_and_gradient(weights, features, labels):
    scores = features @ weights
    scores = scores - scores.max(axis=0)
    logs = scores - np.log(np.exp(scores).sum(axis=0))
    rows = np.arange(len(labels))
    errors = np.exp(logs)
    errors[rows, labels] -= 1
    return -logs[rows, labels].mean(), features.T @ errors / len(labels)
