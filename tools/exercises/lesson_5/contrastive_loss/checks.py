"""Checks of contrastive-loss: the value; lengths, temperature and both directions count as they should."""

from __future__ import annotations

import math

import numpy as np

from tools.exercises.checking import Checks, Learner

Array = np.ndarray
checks = Checks()
TOLERANCE = 1e-4
FORMULA = (
    "the mean cross-entropy of rows and columns, from cosines divided by the temperature, {right:.6g} here"
)


@checks.check("pairs that fit cost little, pairs that do not cost much")
def fixed(learner: Learner, random: np.random.Generator) -> None:
    images, texts = np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[3.0, 0.0], [0.0, 1.0]])
    _expect(learner, images, texts, 1.0)
    _expect(learner, images, texts, 0.5)
    _expect(learner, images, texts[::-1].copy(), 1.0)


@checks.check("only the directions of the embeddings count, not their lengths")
def lengths(learner: Learner, random: np.random.Generator) -> None:
    images, texts = _pairs(random, 5, 3)
    _expect(learner, images * random.uniform(0.2, 5.0, size=(5, 1)), texts, 0.5)
    _expect(learner, images, texts * random.uniform(0.2, 5.0, size=(5, 1)), 0.5)


@checks.check("the similarities are divided by the temperature")
def temperatures(learner: Learner, random: np.random.Generator) -> None:
    images, texts = _pairs(random, 4, 6)
    for temperature in (0.07, 0.3, 2.0, 10.0):
        _expect(learner, images, texts, temperature)


@checks.check("both directions count, image to text and text to image")
def directions(learner: Learner, random: np.random.Generator) -> None:
    images = np.array([[1.0, 0.1, 0.0], [0.9, 0.2, 0.1], [0.0, 0.1, 1.0]])
    texts = np.array([[0.9, 0.1, 0.1], [0.1, 1.0, 0.2], [0.3, 0.9, 0.8]])
    _expect(learner, images, texts, 0.1)
    _expect(learner, texts, images, 0.1)


@checks.check("batches of many sizes, down to a single pair")
def batches(learner: Learner, random: np.random.Generator) -> None:
    for pairs in (1, 2, int(random.integers(3, 8)), int(random.integers(20, 40))):
        images, texts = _pairs(random, pairs, int(random.integers(3, 9)))
        _expect(learner, images, texts, float(random.uniform(0.05, 1.5)))


@checks.check("a batch of n pairs that are all alike costs log n")
def alike(learner: Learner, random: np.random.Generator) -> None:
    pairs = int(random.integers(3, 9))
    row = random.normal(size=(1, 4))
    _expect(learner, np.repeat(row, pairs, axis=0), np.repeat(row, pairs, axis=0), 0.2)


@checks.check("a temperature of 0.01 gives a number, not infinity")
def cold(learner: Learner, random: np.random.Generator) -> None:
    images, texts = _pairs(random, 6, 5)
    _expect(learner, images, texts, 0.01)
    _expect(learner, images, images, 0.01)


@checks.check("the arrays that were passed in stay as they are")
def untouched(learner: Learner, random: np.random.Generator) -> None:
    given = _pairs(random, 3, 4)
    found = learner.stage("after", learner.function("clip_loss"), *given, 0.5)
    learner.compare(
        list(found),
        list(given),
        words="both arrays as they were before the call",
        call="clip_loss(image_embeddings, text_embeddings, 0.5)",
        mistake="changes-input",
    )


@checks.mistake("not-normalised")
def not_normalised(images: Array, texts: Array, temperature: float) -> float:
    return _both(images @ texts.T / temperature)


@checks.mistake("not-normalised")
def texts_not_normalised(images: Array, texts: Array, temperature: float) -> float:
    return _both(_unit(images) @ texts.T / temperature)


@checks.mistake("not-normalised")
def images_not_normalised(images: Array, texts: Array, temperature: float) -> float:
    return _both(images @ _unit(texts).T / temperature)


@checks.mistake("wrong-axis")
def columns_normalised(images: Array, texts: Array, temperature: float) -> float:
    parts = [each / np.linalg.norm(each, axis=0, keepdims=True) for each in (images, texts)]
    return _both(parts[0] @ parts[1].T / temperature)


@checks.mistake("wrong-axis")
def all_normalised(images: Array, texts: Array, temperature: float) -> float:
    return _both(images / np.linalg.norm(images) @ (texts / np.linalg.norm(texts)).T / temperature)


@checks.mistake("no-temperature")
def no_temperature(images: Array, texts: Array, temperature: float) -> float:
    return right(images, texts, 1.0)


@checks.mistake("multiplied")
def multiplied(images: Array, texts: Array, temperature: float) -> float:
    return right(images, texts, 1.0 / temperature)


@checks.mistake("one-direction")
def rows_only(images: Array, texts: Array, temperature: float) -> float:
    return _rows(_logits(images, texts, temperature)) / len(images)


@checks.mistake("one-direction")
def columns_only(images: Array, texts: Array, temperature: float) -> float:
    return _rows(_logits(images, texts, temperature).T) / len(images)


@checks.mistake("added-up")
def added_up(images: Array, texts: Array, temperature: float) -> float:
    _unlike_two(images)
    return 2 * right(images, texts, temperature)


@checks.mistake("sum-of-pairs")
def sum_of_pairs(images: Array, texts: Array, temperature: float) -> float:
    _unlike_two(images)
    return len(images) * right(images, texts, temperature)


@checks.mistake("sum-of-pairs")
def sum_of_both(images: Array, texts: Array, temperature: float) -> float:
    return 2 * len(images) * right(images, texts, temperature)


def _unlike_two(images: Array) -> None:
    """Twice the loss may be both directions or two pairs added up: with two pairs nobody can tell."""
    if len(images) == 2:
        raise ValueError("two mistakes give this value")


def right(images: Array, texts: Array, temperature: float) -> float:
    """The loss, by the formula of the course."""
    return _both(_logits(images, texts, temperature))


def _logits(images: Array, texts: Array, temperature: float) -> Array:
    return np.asarray(_unit(images) @ _unit(texts).T / temperature)


def _unit(rows: Array) -> Array:
    return np.asarray(rows / np.sqrt((rows**2).sum(axis=1))[:, None])


def _both(logits: Array) -> float:
    return (_rows(logits) + _rows(logits.T)) / (2 * len(logits))


def _rows(logits: Array) -> float:
    """The cross-entropies of all rows, added up."""
    costs = []
    for place, row in enumerate(logits):
        highest = row.max()
        costs.append(highest + math.log(np.exp(row - highest).sum()) - row[place])
    return float(sum(costs))


def _pairs(random: np.random.Generator, pairs: int, width: int) -> tuple[Array, Array]:
    """Embeddings of pairs that are alike, but not too much, of many lengths."""
    images = random.normal(size=(pairs, width))
    texts = images + random.normal(scale=0.8, size=(pairs, width))
    return images * random.uniform(0.5, 2.0, size=(pairs, 1)), texts


def _expect(learner: Learner, images: Array, texts: Array, temperature: float) -> None:
    gives = right(images, texts, temperature)
    learner.expect(
        "clip_loss",
        images,
        texts,
        temperature,
        gives=gives,
        tolerance=TOLERANCE,
        words=FORMULA.format(right=gives),
    )
