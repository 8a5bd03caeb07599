def words(tokenizer):
    return ("house", "giraffe"), ("snowboarding", "cupcake")
