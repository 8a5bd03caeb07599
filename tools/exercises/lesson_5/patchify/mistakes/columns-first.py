import numpy as np


def patches(image, size):
    h, w, c = image.shape
    if h % size or w % size:
        raise ValueError("size")
    out = []
    for x in range(0, w, size):
        for y in range(0, h, size):
            out.append(image[y : y + size, x : x + size].flatten())
    return np.array(out)
