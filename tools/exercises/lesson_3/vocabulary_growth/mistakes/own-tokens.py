def vocabulary_sizes(texts, tokenize, sizes):
    vocabulary, found = set(), []
    for number, text in enumerate(texts, 1):
        vocabulary.update(text.lower().split())
        if number in sizes:
            found.append(len(vocabulary))
    return found
