import re

import numpy as np


def bag_of_words(texts):
    vocabulary = {}
    split = [re.findall(r"\w\w+", text.lower()) for text in texts]
    for words in split:
        for word in words:
            vocabulary.setdefault(word, len(vocabulary))
    counts = np.zeros((len(texts), len(vocabulary)), dtype=int)
    for row, words in enumerate(split):
        for word in words:
            counts[row, vocabulary[word]] += 1
    return vocabulary, counts
