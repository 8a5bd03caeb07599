def pieces(tokenizer):
    candidates = ["soup", "music", "snowboarding", "unravel"]
    ids = {word: tokenizer(word)["input_ids"] for word in candidates}
    first = [word for word in candidates if ids[word][0] == ids[candidates[0]][0]]
    last = [word for word in candidates if ids[word][-1] == ids[candidates[0]][-1]]
    return (first[0], first[1]), (last[0], last[1])
