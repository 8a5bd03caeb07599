import numpy as np


def loss_and_gradient(weights, features, labels):
    scores = features @ weights
    scores = scores - scores.max(axis=1, keepdims=True)
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    loss = -logs[np.arange(len(labels)), labels].mean()
    return loss, features.T @ np.exp(logs) / len(labels)
