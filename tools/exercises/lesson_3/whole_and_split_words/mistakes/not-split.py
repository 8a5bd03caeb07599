def words(tokenizer):
    return ("house", "music"), ("waterfall", "unbelievable")
