"""The symmetric contrastive loss of CLIP."""

import numpy as np


def clip_loss(image_embeddings: np.ndarray, text_embeddings: np.ndarray, temperature: float) -> float:
    """The loss of n pairs: row i of the images [n, d] belongs to row i of the texts [n, d]."""
    raise NotImplementedError("write this")
