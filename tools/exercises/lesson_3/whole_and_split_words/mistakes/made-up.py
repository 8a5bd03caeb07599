def words(tokenizer):
    return ("house", "music"), ("thes", "andr")
