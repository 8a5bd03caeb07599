import numpy as np


def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()


def sample_distribution(logits, temperature, top_p=1.0, top_k=0):
    if temperature == 0:
        return np.eye(len(logits))[np.argmax(logits)]
    p = softmax(logits / temperature)
    order = np.argsort(-p)
    if top_k > 0:
        p[order[top_k + 1 :]] = 0
        p = p / p.sum()
    sums = np.cumsum(p[order])
    n = int((sums < top_p).sum()) + 1
    p[order[n:]] = 0
    return p / p.sum()
