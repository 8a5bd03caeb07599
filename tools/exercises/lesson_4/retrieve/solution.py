"""Retrieval by cosine."""

from collections.abc import Callable

import numpy as np


def retrieve(
    question: str, passages: list[str], embed: Callable[[list[str]], np.ndarray], k: int
) -> list[int]:
    """The places of the `k` passages with the largest cosine to the question's embedding, best first."""
    vectors = embed([question, *passages])
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = vectors[1:] @ vectors[0]
    return np.argsort(-cosines)[:k].tolist()
