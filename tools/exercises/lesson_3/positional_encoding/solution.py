"""The position vectors of the first transformer."""

import numpy as np


def sinusoidal(positions: int, width: int) -> np.ndarray:
    """A vector of alternating sines and cosines for each position, as an array [positions, width]."""
    wavelengths = 10000 ** (np.arange(0, width, 2) / width)  # one for each pair
    angles = np.arange(positions)[:, None] / wavelengths  # [positions, width / 2]
    table = np.empty((positions, width))
    table[:, 0::2] = np.sin(angles)
    table[:, 1::2] = np.cos(angles)
    return table
