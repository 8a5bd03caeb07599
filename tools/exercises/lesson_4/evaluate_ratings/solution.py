"""Accuracy of a rating function that may fail."""

from collections.abc import Callable


def evaluate(predict: Callable[[str], int], reviews: list[str], ratings: list[int]) -> tuple[float, float]:
    """The shares of all reviews that `predict` rated right, and on which it raised."""
    right = failed = 0
    for review, rating in zip(reviews, ratings, strict=True):
        try:
            predicted = predict(review)
        except Exception:
            failed += 1
        else:
            right += predicted == rating
    return right / len(reviews), failed / len(reviews)
