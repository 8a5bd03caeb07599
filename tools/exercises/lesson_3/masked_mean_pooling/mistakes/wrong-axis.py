import numpy as np


def pool(embeddings, mask):
    sums = (embeddings * mask[:, :, None]).sum(axis=0)
    return sums / np.maximum(mask.sum(axis=0), 1)[:, None]
