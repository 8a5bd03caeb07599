def pieces(tokenizer):
    return ("re", "re"), ("##hog", "##hog")
