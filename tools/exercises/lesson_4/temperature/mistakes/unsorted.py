import numpy as np


def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()


def sample_distribution(logits, temperature, top_p=1.0, top_k=0):
    if temperature == 0:
        return np.eye(len(logits))[np.argmax(logits)]
    p = softmax(logits / temperature)
    if top_k > 0:
        p[np.argsort(-p)[top_k:]] = 0
        p = p / p.sum()
    p[np.cumsum(p) - p >= top_p] = 0
    return p / p.sum()
