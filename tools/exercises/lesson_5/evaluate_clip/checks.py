"""Checks of evaluate-clip: the share of right answers, every image asked about once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tools.exercises.checking import Checks, Learner

checks = Checks()
Predict = Callable[[Any], int]


@checks.check("the accuracy is the share of right answers")
def share(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, [0, 1, 2, 0], [0, 1, 1, 1])
    _expect(learner, [2, 2, 1], [2, 0, 1])
    for _ in range(4):
        _expect(learner, *_answers(random, int(random.integers(5, 60))))


@checks.check("1 where every answer is right, 0 where none is")
def ends(learner: Learner, random: np.random.Generator) -> None:
    labels = [int(each) for each in random.integers(0, 6, size=12)]
    _expect(learner, labels, labels)
    _expect(learner, labels, [each + 1 for each in labels])
    _expect(learner, [3], [3])
    _expect(learner, [0], [4])


@checks.check("an image counts the same in a small class as in a large one")
def uneven(learner: Learner, random: np.random.Generator) -> None:
    large, small = int(random.integers(15, 30)), int(random.integers(2, 6))
    _expect(learner, [0] * large + [1] * small, [0] * large + [1] + [0] * (small - 1))
    _expect(learner, [1] * small + [0] * large, [1] * (small + large - 4) + [0] * 4)


@checks.check("the predictor is asked once about each image")
def once(learner: Learner, random: np.random.Generator) -> None:
    labels, answers = _answers(random, 9)
    asked: list[str] = []

    def predict(image: Any) -> int:
        asked.append(str(image))
        return answers[_NAMES.index(str(image))]

    images = _NAMES[: len(labels)]
    learner.expect("evaluate_clip", images, labels, predict, gives=right(labels, answers), words=SHARE)
    twice = len(asked) > len(set(asked))
    if sorted(asked) != sorted(images):
        learner.fail(
            "one question for each image",
            mistake="asks-again" if twice else "",
            call="evaluate_clip(images, labels, predict)",
            wrong=f"for {len(images)} images predict was called {len(asked)} times",
        )


@checks.check("labels may come as a list or as an array, images as anything")
def kinds(learner: Learner, random: np.random.Generator) -> None:
    labels, answers = _answers(random, 8)
    pictures = [np.full((2, 3, 3), number, dtype=np.uint8) for number in range(8)]

    def predict(image: Any) -> int:
        return answers[int(np.asarray(image).reshape(-1)[0])]

    gives = right(labels, answers)
    for given in (labels, np.array(labels)):
        learner.expect("evaluate_clip", pictures, given, predict, gives=gives, words=SHARE)


@checks.mistake("count")
def count(images: Sequence[Any], labels: Sequence[int], predict: Predict) -> float:
    return sum(_hits(images, labels, predict))


@checks.mistake("percent")
def percent(images: Sequence[Any], labels: Sequence[int], predict: Predict) -> float:
    return 100.0 * sum(_hits(images, labels, predict)) / len(images)


@checks.mistake("error-rate")
def error_rate(images: Sequence[Any], labels: Sequence[int], predict: Predict) -> float:
    wrong = len(images) - sum(_hits(images, labels, predict))
    if len(images) < 8 or wrong in (0, len(images)):
        raise ValueError("other mistakes give this as well")
    return wrong / len(images)


@checks.mistake("mean-of-classes")
def mean_of_classes(images: Sequence[Any], labels: Sequence[int], predict: Predict) -> float:
    hits, truth = np.array(_hits(images, labels, predict)), np.array(labels)
    mean = float(np.mean([hits[truth == each].mean() for each in set(truth.tolist())]))
    if mean in (0.0, 1.0):
        raise ValueError("other mistakes give 0 and 1 as well")
    return mean


@checks.sign("integer-division")
def integer_division(tree: Any, message: str) -> bool:
    import ast

    return "came back: 0\n" in message and any(isinstance(each, ast.FloorDiv) for each in ast.walk(tree))


@checks.sign("stops-early")
def stops_early(tree: Any, message: str) -> bool:
    """A return of its own stands in the body of a loop."""
    import ast

    if "it is another number" not in message and "was called" not in message and "None" not in message:
        return False
    loops = [each for each in ast.walk(tree) if isinstance(each, (ast.For, ast.While))]
    return any(
        isinstance(each, ast.Return) for loop in loops for line in loop.body for each in ast.walk(line)
    )


@checks.sign("whole-lists")
def whole_lists(tree: Any, message: str) -> bool:
    """A list of answers is compared with all labels in one go."""
    import ast

    built = {
        target.id
        for each in ast.walk(tree)
        if isinstance(each, ast.Assign) and isinstance(each.value, (ast.ListComp, ast.List))
        for target in each.targets
        if isinstance(target, ast.Name)
    }
    return any(
        isinstance(each, ast.Compare)
        and any(isinstance(side, ast.Name) and side.id == "labels" for side in (each.left, *each.comparators))
        and any(
            isinstance(side, ast.ListComp) or (isinstance(side, ast.Name) and side.id in built)
            for side in (each.left, *each.comparators)
        )
        for each in ast.walk(tree)
    )


def right(labels: Sequence[int], answers: Sequence[int]) -> float:
    """The share of answers that are the label."""
    return float(np.mean(np.asarray(labels) == np.asarray(answers)))


def _hits(images: Sequence[Any], labels: Sequence[int], predict: Predict) -> list[bool]:
    return [predict(image) == int(label) for image, label in zip(images, labels, strict=True)]


def _answers(random: np.random.Generator, images: int) -> tuple[list[int], list[int]]:
    """Labels and answers, some of them right and some wrong."""
    labels = [int(each) for each in random.integers(0, 6, size=images)]
    answers = [each if random.random() < 0.6 else (each + 1) % 6 for each in labels]
    answers[0], answers[1] = labels[0], labels[1] + 1
    return labels, answers


def _expect(learner: Learner, labels: list[int], answers: list[int]) -> None:
    def predict(image: Any) -> int:
        return answers[_NAMES.index(str(image))]

    images = _NAMES[: len(labels)]
    learner.expect("evaluate_clip", images, labels, predict, gives=right(labels, answers), words=SHARE)


SHARE = "the number of images whose predicted class is their label, divided by the number of images"
_NAMES = [f"{number}.jpg" for number in range(100)]
