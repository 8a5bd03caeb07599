def vocabulary_sizes(texts, tokenize, sizes):
    tokens, found = [], []
    for number, text in enumerate(texts, 1):
        tokens += tokenize(text)
        if number in sizes:
            found.append(len(tokens))
    return found
