"""Scaled dot-product attention of one head."""

import numpy as np


def attention(
    x: np.ndarray, w_q: np.ndarray, w_k: np.ndarray, w_v: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Updated vectors [n, d] and weights [n, n] from `x` [n, d], `w_q` and `w_k` [d, m], and `w_v` [d, d]."""
    raise NotImplementedError("write this")
