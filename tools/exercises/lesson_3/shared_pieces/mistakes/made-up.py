def pieces(tokenizer):
    return ("thes", "ther"), ("hedgehog", "groundhog")
