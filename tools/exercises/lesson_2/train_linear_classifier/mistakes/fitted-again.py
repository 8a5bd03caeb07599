from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression


class Model:
    def __init__(self, texts, labels):
        self.vectorizer = CountVectorizer()
        self.classifier = LogisticRegression(max_iter=1000)
        self.classifier.fit(self.vectorizer.fit_transform(texts), labels)

    def predict(self, texts):
        return self.classifier.predict(self.vectorizer.fit_transform(texts))


def train(texts, labels):
    return Model(texts, labels)
