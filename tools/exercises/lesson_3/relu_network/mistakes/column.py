import numpy as np

WEIGHTS = np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]]).T


def network(points):
    hidden = np.maximum(0, points @ WEIGHTS - 0.75)
    return hidden @ np.ones((4, 1))
