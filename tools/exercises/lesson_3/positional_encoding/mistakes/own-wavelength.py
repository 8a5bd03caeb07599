import math

import numpy as np


def sinusoidal(positions, width):
    table = np.zeros((positions, width))
    for p in range(positions):
        for j in range(width):
            angle = p / 10000 ** (j / width)
            table[p, j] = math.sin(angle) if j % 2 == 0 else math.cos(angle)
    return table
