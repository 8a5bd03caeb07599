import numpy as np


def patches(image, size):
    side = image.shape[0]
    if side % size or image.shape[1] % size:
        raise ValueError("size")
    return np.array(
        [
            image[i : i + size, j : j + size].ravel()
            for i in range(0, side, size)
            for j in range(0, side, size)
        ]
    )
