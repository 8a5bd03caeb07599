import numpy as np


def pool(embeddings, mask):
    result = np.zeros((embeddings.shape[0], embeddings.shape[2]))
    for row, length in enumerate(mask.sum(axis=1).astype(int)):
        if length:
            result[row] = embeddings[row, :length].mean(axis=0)
    return result
