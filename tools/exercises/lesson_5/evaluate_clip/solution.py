"""The accuracy of a zero-shot classifier."""

from collections.abc import Callable, Sequence
from typing import Any


def evaluate_clip(images: Sequence[Any], labels: Sequence[int], predict: Callable[[Any], int]) -> float:
    """The share, from 0 to 1, of the n images for which `predict(image)` is the image's label."""
    hits = sum(predict(image) == label for image, label in zip(images, labels, strict=True))
    return hits / len(images)
