"""Retrieval by cosine."""

from collections.abc import Callable

import numpy as np


def retrieve(
    question: str, passages: list[str], embed: Callable[[list[str]], np.ndarray], k: int
) -> list[int]:
    """The places of the `k` passages with the largest cosine to the question's embedding, best first."""
    raise NotImplementedError("write this")
