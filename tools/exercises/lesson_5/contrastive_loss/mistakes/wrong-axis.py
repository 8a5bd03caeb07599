import numpy as np


def ce(z):
    z = z - z.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -np.diag(logp)


def unit(x):
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def clip_loss(image_embeddings, text_embeddings, temperature):
    a = image_embeddings / np.linalg.norm(image_embeddings, axis=0)
    b = text_embeddings / np.linalg.norm(text_embeddings, axis=0)
    s = a @ b.T / temperature
    return (ce(s).mean() + ce(s.T).mean()) / 2
