import numpy as np


def patches(image, size):
    image = np.transpose(image, (2, 0, 1))
    c, h, w = image.shape
    if h % size or w % size:
        raise ValueError("size")
    rows = []
    for i in range(h // size):
        for j in range(w // size):
            rows.append(image[:, i * size : (i + 1) * size, j * size : (j + 1) * size].reshape(-1))
    return np.stack(rows)
