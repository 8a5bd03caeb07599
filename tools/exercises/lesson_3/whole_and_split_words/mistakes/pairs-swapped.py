def words(tokenizer):
    return ("snowboarding", "cupcake"), ("house", "music")
