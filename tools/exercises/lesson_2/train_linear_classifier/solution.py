"""A linear text classifier, trained on labelled texts."""

from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline


def train(texts: list[str], labels: list[int]) -> Any:
    """A model, trained on the texts, with a method `predict(texts)` that gives a label for each text."""
    return make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000)).fit(texts, labels)
