def pool(embeddings, mask):
    return embeddings[:, 0, :]
