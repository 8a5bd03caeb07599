"""Mean pooling of token vectors."""

import numpy as np


def pool(embeddings: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The mean vector [b, d] of the tokens of each text; `embeddings` is [b, n, d], `mask` [b, n]."""
    raise NotImplementedError("write this")
