import numpy as np

WEIGHTS = np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]]).T


def network(points):
    return np.maximum(0, points @ WEIGHTS - 0.75).max(axis=1)
