def words(tokenizer):
    return ("house", "music"), ("hello world", "good day")
