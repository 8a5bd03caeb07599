def pool(embeddings, mask):
    return embeddings.mean(axis=1)
