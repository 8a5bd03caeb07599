import numpy as np


def sinusoidal(positions, width):
    angles = np.arange(positions)[:, None] * 10000 ** (np.arange(0, width, 2) / width)
    table = np.zeros((positions, width))
    table[:, 0::2] = np.sin(angles)
    table[:, 1::2] = np.cos(angles)
    return table
