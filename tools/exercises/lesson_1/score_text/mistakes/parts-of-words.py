def score(text, weights):
    total = 0.0
    for word in weights:
        if word in text.lower():
            total += weights[word]
    return total


def predict(text, weights):
    return score(text, weights) > 0
