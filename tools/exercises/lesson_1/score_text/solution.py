"""A classifier from words with scores."""


def score(text: str, weights: dict[str, float]) -> float:
    """The sum of the scores of the words in `text`; each word counts once, in any case."""
    present = set(text.lower().split())
    return sum((weight for word, weight in weights.items() if word.lower() in present), 0.0)


def predict(text: str, weights: dict[str, float]) -> bool:
    """Whether the text's score is above 0."""
    return score(text, weights) > 0
