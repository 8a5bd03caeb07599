import random

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline


def train(texts, labels):
    texts, labels = list(texts), list(labels)
    random.shuffle(texts)
    random.shuffle(labels)
    return make_pipeline(TfidfVectorizer(), LogisticRegression(class_weight="balanced")).fit(texts, labels)
