import numpy as np


def fit(features, labels, classes, learning_rate, steps):
    weights = np.zeros((features.shape[1], classes))
    losses = []
    _, gradient = loss_and_gradient(weights, features, labels)
    for _ in range(steps):
        loss = loss_and_gradient(weights, features, labels)[0]
        losses.append(loss)
        weights = weights - learning_rate * gradient
    return weights, losses


def loss_and_gradient(weights, features, labels):
    scores = features @ weights
    scores = scores - scores.max(axis=1, keepdims=True)
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    rows = np.arange(len(labels))
    errors = np.exp(logs)
    errors[rows, labels] -= 1
    return -logs[rows, labels].mean(), features.T @ errors / len(labels)
