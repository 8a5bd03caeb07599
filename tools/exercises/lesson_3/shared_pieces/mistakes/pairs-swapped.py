def pieces(tokenizer):
    return ("groundhog", "hedgehog"), ("rebooted", "rereading")
