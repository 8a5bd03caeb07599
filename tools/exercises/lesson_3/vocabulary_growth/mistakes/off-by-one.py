def vocabulary_sizes(texts, tokenize, sizes):
    vocabulary, found = set(), []
    for number, text in enumerate(texts):
        vocabulary.update(tokenize(text))
        if number in sizes:
            found.append(len(vocabulary))
    return found
