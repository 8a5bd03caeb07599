"""The position vectors of the first transformer."""

import numpy as np


def sinusoidal(positions: int, width: int) -> np.ndarray:
    """A vector of alternating sines and cosines for each position, as an array [positions, width]."""
    raise NotImplementedError("write this")
