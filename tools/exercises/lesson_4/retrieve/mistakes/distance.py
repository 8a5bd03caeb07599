import numpy as np


def retrieve(question, passages, embed, k):
    q = embed([question])[0]
    rows = embed(passages)
    scores = -np.linalg.norm(rows - q, axis=1)
    order = np.argsort(scores)[::-1][:k]
    return [int(place) for place in order]
