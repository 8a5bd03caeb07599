import numpy as np


def loss_and_gradient(weights, features, labels):
    exponentials = np.exp(features @ weights)
    p = exponentials / exponentials.sum(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    loss = -np.log(p[rows, labels]).mean()
    p[rows, labels] -= 1
    return loss, features.T @ p / len(labels)
