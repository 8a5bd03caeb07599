"""Checks of train-linear-classifier: made-up reviews of which the best possible macro F1 is known."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from tools.exercises.checking import Checks, CodeRaised, Handle, Learner
from tools.exercises.comparing import as_array

Array = np.ndarray
checks = Checks()


class Reviews:
    """A made-up world of reviews: which words there are, and how often each class uses them.

    A word is drawn independently of the others, so Bayes' rule gives the best answer there is.
    """

    def __init__(self, random: np.random.Generator, shares: tuple[float, ...]) -> None:
        self.random = random
        self.shares = random.permutation(np.array(shares))
        self.classes = len(shares)
        marked = MARKED * self.classes
        invented = _invented(random, PLAIN + marked + NEW)
        self.words = [*COMMON, *invented[: PLAIN + marked]]
        self.new = invented[PLAIN + marked :]
        falling = 1.0 / np.arange(3, 3 + PLAIN)
        same = np.concatenate(
            [np.full(len(COMMON), SHARE_COMMON / len(COMMON)), SHARE_PLAIN * falling / falling.sum()]
        )
        self.frequency = np.zeros((self.classes, len(self.words)))
        for each in range(self.classes):
            preferred = np.ones((self.classes, MARKED))
            preferred[each] *= STRENGTH
            told = (1 - SHARE_COMMON - SHARE_PLAIN) * preferred.ravel() / preferred.sum()
            self.frequency[each] = np.concatenate([same, told])

    def draw(self, number: int, new: float = 0.0) -> tuple[list[str], list[int], list[int]]:
        """Texts, their labels, and the best answers; `new` is the share of words of no other review."""
        chances = np.cumsum(self.frequency, axis=1)
        truth = self.random.choice(self.classes, size=number, p=self.shares)
        random_labels = self.random.choice(self.classes, size=number, p=self.shares)
        labels = np.where(self.random.random(number) < NOISE, random_labels, truth)
        texts, best = [], []
        for each in truth:
            length = int(self.random.integers(12, 40))
            row = np.searchsorted(chances[each] / chances[each, -1], self.random.random(length))
            evidence = np.log(self.frequency[:, row]).sum(axis=1) + np.log(self.shares)
            best.append(int(evidence.argmax()))
            words = [self.words[word] for word in row]
            for place in np.flatnonzero(self.random.random(length) < new):
                words[place] = self.new[self.random.integers(NEW)]
            texts.append(self._written(words))
        return texts, [int(each) for each in labels], best

    def _written(self, words: list[str]) -> str:
        """The words with capitals and marks, as people write them."""
        chance = self.random.random((len(words), 2))
        parts, first = [], True
        for place, word in enumerate(words):
            shown = word.capitalize() if first else word.upper() if chance[place, 0] < 0.02 else word
            first = place == len(words) - 1 or bool(chance[place, 1] < 0.1)
            mark = (".", "!", "?", "...")[int(chance[place, 0] * 4)] if first else ""
            parts.append(shown + (mark or ("," if chance[place, 1] > 0.94 else "")))
        return " ".join(parts)


@checks.check("predict gives a label for each text")
def labels_come_back(learner: Learner, random: np.random.Generator) -> None:
    reviews = Reviews(random, TWO)
    model = _trained(learner, *reviews.draw(200)[:2])
    for number in (1, int(random.integers(5, 20))):
        _predicted(learner, model, reviews.draw(number)[0])


@checks.check("two classes: macro F1 on new reviews reaches 0.85")
def two_classes(learner: Learner, random: np.random.Generator) -> None:
    _measure(learner, Reviews(random, TWO), BAR_OF_TWO)


@checks.check("four classes: macro F1 on new reviews reaches 0.75")
def four_classes(learner: Learner, random: np.random.Generator) -> None:
    _measure(learner, Reviews(random, FOUR), BAR_OF_FOUR)


@checks.check("a review's answer does not depend on those beside it")
def alone(learner: Learner, random: np.random.Generator) -> None:
    reviews = Reviews(random, TWO)
    model = _trained(learner, *reviews.draw(400)[:2])
    texts = reviews.draw(60)[0]
    together = _predicted(learner, model, texts)
    turned = _predicted(learner, model, texts[::-1])[::-1]
    single = [_predicted(learner, model, [text])[0] for text in texts[:12]]
    if not np.array_equal(turned, together) or not np.array_equal(single, together[:12]):
        learner.fail(
            "for each review the same label, whether it is predicted alone or with others, in any order",
            mistake="fitted-again",
            call="train(texts, labels).predict(...)",
            got=f"{int((turned != together).sum())} of 60 other labels when the order is turned, "
            f"{int((np.array(single) != together[:12]).sum())} of 12 when predicted one by one",
        )


@checks.check("words never seen before are passed over")
def unknown(learner: Learner, random: np.random.Generator) -> None:
    reviews = Reviews(random, TWO)
    model = _trained(learner, *reviews.draw(200)[:2])
    _predicted(learner, model, [*reviews.draw(5, new=0.5)[0], "xylophon qwertz", ""])


@checks.check("a second training leaves the first model as it is")
def second(learner: Learner, random: np.random.Generator) -> None:
    first_world, other_world = Reviews(random, TWO), Reviews(random, TWO)
    model = _trained(learner, *first_world.draw(300)[:2])
    texts = first_world.draw(100)[0]
    before = _predicted(learner, model, texts)
    _trained(learner, *other_world.draw(300)[:2])
    after = _predicted(learner, model, texts)
    if not np.array_equal(before, after):
        learner.fail(
            "the same labels from a model, whatever is trained after it",
            mistake="one-model",
            call="train(texts, labels).predict(...)",
            got=f"{int((before != after).sum())} of 100 other labels",
        )


@checks.check("the lists that were passed in stay as they are")
def untouched(learner: Learner, random: np.random.Generator) -> None:
    texts, labels, _ = Reviews(random, TWO).draw(120)
    before, after = learner.stage("before_and_after", learner.function("train"), texts, labels)
    learner.compare(after, before, words="texts and labels in their order: work on copies", call="train(...)")


@checks.sign("unknown-word")
def key_error(tree: ast.Module, message: str) -> bool:
    return "raised: KeyError" in message and "predict" in message


@checks.sign("fitted-again")
def fits_in_predict(tree: ast.Module, message: str) -> bool:
    if "raised: ValueError" not in message or ("features" not in message and "shape" not in message):
        return False
    bodies = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) and each.name == "predict"]
    return any(_calls(body, {"fit", "fit_transform"}) for body in bodies)


def macro_f1(truth: Any, answers: Any, classes: int) -> float:
    """The mean of the F1 scores of all classes."""
    truth, answers = np.asarray(truth), np.asarray(answers)
    scores = []
    for each in range(classes):
        both = int((truth == each).sum() + (answers == each).sum())
        scores.append(2 * int(((truth == each) & (answers == each)).sum()) / max(1, both))
    return float(np.mean(scores))


def _measure(learner: Learner, reviews: Reviews, bar: float) -> None:
    texts, labels, _ = reviews.draw(800)
    held_out, truth, best = reviews.draw(400, new=0.02)
    model = _trained(learner, texts, labels)
    answers = _predicted(learner, model, held_out)
    reached = macro_f1(truth, answers, reviews.classes)
    if reached >= bar:
        return
    on_training = _predicted(learner, model, texts)
    learned = macro_f1(labels, on_training, reviews.classes)
    learner.fail(
        f"a macro F1 of {bar:.2f} or more on new reviews; the best possible here is "
        f"{macro_f1(truth, best, reviews.classes):.2f}",
        mistake=_told(learner, answers, on_training, learned, reviews),
        call="train(texts, labels).predict(held_out), 800 reviews to train on and 400 held out",
        got=f"a macro F1 of {reached:.2f} on the held-out reviews, {learned:.2f} on the training reviews",
    )


def _told(learner: Learner, answers: Array, on_training: Array, learned: float, reviews: Reviews) -> str:
    """The mistake behind answers that are not good enough; "" where it cannot be told."""
    two = reviews.random.choice(reviews.classes, size=(2, 4000), p=reviews.shares)
    chance = macro_f1(two[0], two[1], reviews.classes)
    if learned > 0.9 and len(np.unique(answers)) == 1:
        return "by-heart"
    if len(np.unique(answers)) == 1:
        return "one-answer"
    if reviews.classes > 2 and np.isin(np.concatenate([answers, on_training]), [0, 1]).all():
        return "two-classes"
    if learned < chance + 0.15 and _calls(learner.tree, {"shuffle", "permutation"}) > 1:
        return "labels-apart"
    return ""


def _trained(learner: Learner, texts: list[str], labels: list[int]) -> Handle:
    model = learner.call("train", texts, labels)
    if not isinstance(model, Handle):
        learner.fail("a model: an object with a method predict", call="train(texts, labels)", got=model)
    return model


def _predicted(learner: Learner, model: Handle, texts: list[str]) -> Array:
    """The labels, one for each text."""
    call = f"train(texts, labels).predict({len(texts)} texts)"
    try:
        value = learner.method(model, "predict", texts)
    except CodeRaised as error:
        error.call = call
        raise
    answers = as_array(value)
    if answers is None or answers.shape != (len(texts),) or answers.dtype.kind not in "iuf":
        learner.fail(f"{len(texts)} whole numbers, one label for each text", call=call, got=value)
    if not np.array_equal(answers, np.floor(answers)):
        learner.fail("whole numbers: the labels themselves, not scores", call=call, got=value)
    return answers.astype(int)


def _calls(tree: ast.AST, names: set[str]) -> int:
    """How often functions or methods of these names are called."""
    called = [each.func for each in ast.walk(tree) if isinstance(each, ast.Call)]
    return sum(
        (isinstance(each, ast.Attribute) and each.attr in names)
        or (isinstance(each, ast.Name) and each.id in names)
        for each in called
    )


def _invented(random: np.random.Generator, number: int) -> list[str]:
    """Different words of no language, of two or three syllables."""
    heads = (
        "b",
        "br",
        "d",
        "dr",
        "f",
        "g",
        "gl",
        "k",
        "l",
        "m",
        "n",
        "p",
        "pr",
        "r",
        "s",
        "st",
        "t",
        "tr",
        "v",
    )
    cores, tails = ("a", "e", "i", "o", "u", "ai", "ou"), ("", "n", "r", "s", "l")
    words: dict[str, None] = {}
    while len(words) < number:
        heart = [
            heads[head] + cores[core]
            for head, core in zip(
                random.integers(len(heads), size=3), random.integers(len(cores), size=3), strict=True
            )
        ]
        words["".join(heart[: random.integers(2, 4)]) + tails[random.integers(len(tails))]] = None
    return list(words)


TWO, FOUR = (0.6, 0.4), (0.4, 0.25, 0.2, 0.15)
BAR_OF_TWO, BAR_OF_FOUR = 0.85, 0.75
COMMON = (
    "the",
    "a",
    "and",
    "it",
    "was",
    "of",
    "we",
    "this",
    "with",
    "but",
    "for",
    "in",
    "they",
    "so",
    "very",
)
PLAIN, MARKED, NEW = 250, 25, 40
"""Words that say nothing, words that each class prefers, and words that training never holds."""
SHARE_COMMON, SHARE_PLAIN = 0.45, 0.15
STRENGTH = 8.0
"""How many times as often as the others a class uses the words that it prefers."""
NOISE = 0.05
"""The share of labels that are drawn by chance."""
