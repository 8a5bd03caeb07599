def words(tokenizer):
    return ("house", "music"), ("Cupcake", "cupcake")
