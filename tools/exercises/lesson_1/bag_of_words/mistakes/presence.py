import re

import numpy as np


def bag_of_words(texts):
    split = [re.findall(r"\w\w+", text.lower()) for text in texts]
    vocabulary = {word: i for i, word in enumerate(sorted({word for text in split for word in text}))}
    counts = np.zeros((len(texts), len(vocabulary)))
    for row, words in enumerate(split):
        for word in words:
            counts[row, vocabulary[word]] = 1
    return vocabulary, counts
