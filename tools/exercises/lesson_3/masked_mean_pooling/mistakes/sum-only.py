def pool(embeddings, mask):
    return (embeddings * mask[:, :, None]).sum(axis=1)
