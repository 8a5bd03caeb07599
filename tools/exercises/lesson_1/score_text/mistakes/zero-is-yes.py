def score(text, weights):
    return sum(weights.get(word, 0.0) for word in set(text.lower().split()))


def predict(text, weights):
    return score(text, weights) >= 0
