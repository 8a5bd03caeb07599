import re

import numpy as np
from sklearn.linear_model import LogisticRegression


class Model:
    def rows(self, texts):
        table = np.zeros((len(texts), len(self.vocabulary)))
        for row, text in enumerate(texts):
            for word in re.findall(r"\w\w+", text.lower()):
                table[row, self.vocabulary[word]] += 1
        return table

    def predict(self, texts):
        return self.classifier.predict(self.rows(texts))


def train(texts, labels):
    model = Model()
    words = sorted({word for text in texts for word in re.findall(r"\w\w+", text.lower())})
    model.vocabulary = {word: place for place, word in enumerate(words)}
    model.classifier = LogisticRegression(max_iter=1000).fit(model.rows(texts), labels)
    return model
