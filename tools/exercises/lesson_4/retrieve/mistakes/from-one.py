import numpy as np


def retrieve(question, passages, embed, k):
    q = embed([question])[0]
    rows = embed(passages)
    scores = rows @ q / (np.linalg.norm(rows, axis=1) * np.linalg.norm(q))
    order = np.argsort(scores)[::-1][:k]
    return [int(place) + 1 for place in order]
