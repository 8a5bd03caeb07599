def words(tokenizer):
    return ("house", "music"), ("unravel", "rebooted")
