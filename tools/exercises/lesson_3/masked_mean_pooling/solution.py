"""Mean pooling of token vectors."""

import numpy as np


def pool(embeddings: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The mean vector [b, d] of the tokens of each text; `embeddings` is [b, n, d], `mask` [b, n]."""
    sums = (embeddings * mask[:, :, None]).sum(axis=1)  # [b, d]
    counts = mask.sum(axis=1, keepdims=True)  # [b, 1]
    return sums / np.maximum(counts, 1)
