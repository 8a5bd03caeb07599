from collections import Counter


class Majority:
    def __init__(self, label):
        self.label = label

    def predict(self, texts):
        return [self.label] * len(texts)


def train(texts, labels):
    return Majority(Counter(labels).most_common(1)[0][0])
