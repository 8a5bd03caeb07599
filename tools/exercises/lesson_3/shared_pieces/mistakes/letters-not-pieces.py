def pieces(tokenizer):
    return ("rebooted", "rereading"), ("overfitting", "rereading")
