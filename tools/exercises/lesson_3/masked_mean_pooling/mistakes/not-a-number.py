def pool(embeddings, mask):
    return (embeddings * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
