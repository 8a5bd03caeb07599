"""Texts as rows of word counts."""

import re

import numpy as np


def bag_of_words(texts: list[str]) -> tuple[dict[str, int], np.ndarray]:
    """The column of each word, in alphabetical order, and how often it occurs in each text: [n, v]."""
    split = [re.findall(r"\w\w+", text.lower()) for text in texts]
    words = sorted({word for text in split for word in text})
    vocabulary = {word: column for column, word in enumerate(words)}
    counts = np.zeros((len(texts), len(words)), dtype=int)
    for row, text in enumerate(split):
        for word in text:
            counts[row, vocabulary[word]] += 1
    return vocabulary, counts
