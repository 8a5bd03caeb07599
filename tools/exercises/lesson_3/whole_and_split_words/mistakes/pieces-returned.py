def words(tokenizer):
    vocabulary = list(tokenizer.get_vocab())
    whole = [token for token in vocabulary if "#" not in token and token.isalpha() and len(token) > 3]
    parts = [token for token in vocabulary if token.startswith("##")]
    return (whole[0], whole[1]), (parts[0], parts[1])
