import numpy as np


def retrieve(question, passages, embed, k):
    q = embed([question])[0]
    rows = embed(passages)
    scores = rows @ q
    order = np.argsort(scores)[::-1][:k]
    return [int(place) for place in order]
