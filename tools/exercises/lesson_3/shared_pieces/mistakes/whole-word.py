def pieces(tokenizer):
    return ("rebooted", "rereading"), ("cooking", "playing")
