def pieces(tokenizer):
    return ("Rebooted", "rebooted"), ("hedgehog", "groundhog")
