"""Patches of an image, as a vision transformer reads them."""

import numpy as np


def patches(image: np.ndarray, size: int) -> np.ndarray:
    """The patches [n, size * size * c] of an image [h, w, c], by rows; ValueError where size does not fit."""
    height, width, channels = image.shape
    if height % size or width % size:
        raise ValueError(f"patches of {size} pixels do not divide an image of {height} by {width}")
    grid = image.reshape(height // size, size, width // size, size, channels)
    return grid.transpose(0, 2, 1, 3, 4).reshape(-1, size * size * channels)
