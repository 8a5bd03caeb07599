class Memory:
    def __init__(self, texts, labels):
        self.known = dict(zip(texts, labels, strict=True))

    def predict(self, texts):
        return [self.known.get(text, 0) for text in texts]


def train(texts, labels):
    return Memory(texts, labels)
