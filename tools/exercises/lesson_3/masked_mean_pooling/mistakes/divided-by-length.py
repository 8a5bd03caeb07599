def pool(embeddings, mask):
    return (embeddings * mask[:, :, None]).mean(axis=1)
