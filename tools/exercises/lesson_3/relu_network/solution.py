"""A network of four ReLUs that parts a disc from a ring."""

import numpy as np

WEIGHTS = np.array([[1.0, 1.0, -1.0, -1.0], [1.0, -1.0, -1.0, 1.0]])  # [2, 4], a column for each neuron
BIAS = -0.75


def network(points: np.ndarray) -> np.ndarray:
    """The sum of the four ReLUs for each point: [n] numbers for `points` of the shape [n, 2]."""
    hidden = np.maximum(0.0, points @ WEIGHTS + BIAS)  # [n, 4]
    return hidden.sum(axis=1)  # a second layer whose weights are 1
