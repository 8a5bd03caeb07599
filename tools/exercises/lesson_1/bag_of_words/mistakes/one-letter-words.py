import re

import numpy as np


def bag_of_words(texts):
    split = [re.findall(r"\w+", text.lower()) for text in texts]
    words = sorted({word for text in split for word in text})
    counts = np.array([[text.count(word) for word in words] for text in split])
    return {word: i for i, word in enumerate(words)}, counts
