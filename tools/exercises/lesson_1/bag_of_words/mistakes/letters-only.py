import re

import numpy as np


def bag_of_words(texts):
    split = [re.findall(r"[a-z]{2,}", text.lower()) for text in texts]
    words = sorted({word for text in split for word in text})
    counts = np.array([[text.count(word) for word in words] for text in split])
    return {word: i for i, word in enumerate(words)}, counts
