def vocabulary_sizes(texts, tokenize, sizes):
    return [len({token for text in texts[:size] for token in tokenize(text)}) for size in sizes]
