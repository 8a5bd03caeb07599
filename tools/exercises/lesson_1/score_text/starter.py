"""A classifier from words with scores."""


def score(text: str, weights: dict[str, float]) -> float:
    """The sum of the scores of the words in `text`; each word counts once, in any case."""
    raise NotImplementedError("write this")


def predict(text: str, weights: dict[str, float]) -> bool:
    """Whether the text's score is above 0."""
    raise NotImplementedError("write this")
