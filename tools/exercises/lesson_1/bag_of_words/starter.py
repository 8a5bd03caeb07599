"""Texts as rows of word counts."""

import numpy as np


def bag_of_words(texts: list[str]) -> tuple[dict[str, int], np.ndarray]:
    """The column of each word, in alphabetical order, and how often it occurs in each text: [n, v]."""
    raise NotImplementedError("write this")
