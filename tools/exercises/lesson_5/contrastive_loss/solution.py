"""The symmetric contrastive loss of CLIP."""

import numpy as np


def clip_loss(image_embeddings: np.ndarray, text_embeddings: np.ndarray, temperature: float) -> float:
    """The loss of n pairs: row i of the images [n, d] belongs to row i of the texts [n, d]."""
    logits = unit(image_embeddings) @ unit(text_embeddings).T / temperature
    return float(cross_entropy(logits) + cross_entropy(logits.T)) / 2


def unit(rows: np.ndarray) -> np.ndarray:
    """The rows at length 1."""
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def cross_entropy(logits: np.ndarray) -> float:
    """The mean cross-entropy of the rows of `logits`, where the right class of row i is i."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_probabilities.diagonal().mean()
