"""The distribution that a language model's next token is drawn from."""

import numpy as np


def sample_distribution(
    logits: np.ndarray, temperature: float, top_p: float = 1.0, top_k: int = 0
) -> np.ndarray:
    """The probabilities [v] of the next token, from its logits [v]."""
    if temperature == 0:
        greedy = np.zeros(len(logits))
        greedy[np.argmax(logits)] = 1.0
        return greedy
    scaled = np.asarray(logits, dtype=float) / temperature
    probabilities = np.exp(scaled - scaled.max())
    probabilities /= probabilities.sum()
    order = np.argsort(-probabilities)  # likeliest first
    kept = order[:top_k] if top_k > 0 else order
    sums = np.cumsum(probabilities[kept] / probabilities[kept].sum())
    kept = kept[: np.searchsorted(sums, top_p) + 1]  # up to and with the token that crosses
    result = np.zeros_like(probabilities)
    result[kept] = probabilities[kept]
    return result / result.sum()
