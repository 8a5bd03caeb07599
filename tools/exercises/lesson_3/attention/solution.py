"""Scaled dot-product attention of one head."""

import numpy as np


def attention(
    x: np.ndarray, w_q: np.ndarray, w_k: np.ndarray, w_v: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Updated vectors [n, d] and weights [n, n] from `x` [n, d], `w_q` and `w_k` [d, m], and `w_v` [d, d]."""
    q, k, v = x @ w_q, x @ w_k, x @ w_v
    scores = q @ k.T / np.sqrt(k.shape[1])  # [n, n]
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = exponentials / exponentials.sum(axis=1, keepdims=True)
    return x + weights @ v, weights
