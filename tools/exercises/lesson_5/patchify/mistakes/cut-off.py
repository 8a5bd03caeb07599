import numpy as np


def patches(image, size):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    found = []
    for i in range(rows):
        for j in range(columns):
            found.append(image[i * size : (i + 1) * size, j * size : (j + 1) * size].reshape(-1))
    return np.array(found)
