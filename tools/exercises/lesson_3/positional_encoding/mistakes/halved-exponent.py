import numpy as np


def sinusoidal(positions, width):
    angles = np.arange(positions)[:, None] / 10000 ** (np.arange(width // 2) / width)
    return np.stack([np.sin(angles), np.cos(angles)], -1).reshape(positions, width)
