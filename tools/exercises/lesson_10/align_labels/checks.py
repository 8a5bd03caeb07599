"""Checks of align-labels: first and further pieces, special tokens, and what truncation and windows leave."""

from __future__ import annotations

import numpy as np

from tools.exercises.checking import Checks, Learner

WordIds = list[int | None]
checks = Checks()


@checks.check("whole words keep their labels")
def whole(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, [1, 2, 0, 5], [None, 0, 1, 2, 3, None])
    labels = _labels(random, 8)
    _expect(learner, labels, [None, *range(8), None])


@checks.check("special tokens and padding get -100")
def specials(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, [0, 3], [None, 0, 1, None, None, None])
    _expect(learner, [0, 3, 4], [0, 1, 2])
    _expect(learner, [], [None, None])


@checks.check("further pieces of a B word get the matching I")
def beginnings(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, [1, 0], [None, 0, 0, 1, None])
    _expect(learner, [0, 5, 0, 3], [None, 0, 1, 1, 1, 2, 3, 3, None])
    _expect(learner, [0, 7], [None, 0, 1, 1, 1, 1, None])


@checks.check("further pieces of an I word stay I, and those of an O word stay O")
def others(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, [1, 2, 0], [None, 0, 1, 1, 2, None])
    _expect(learner, [0, 3, 4, 4], [None, 0, 0, 0, 1, 2, 2, 3, 3, None])
    _expect(learner, EXAMPLE, [None, 0, 1, 1, 2, 3, 4, 5, 5, 6, 7, 8, 9, None])


@checks.check("the first word of the text counts like the others")
def first_word(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, [3, 0], [None, 0, 1, None])
    _expect(learner, [3, 0], [None, 0, 0, 0, 1, None])


@checks.check("two names side by side stay two")
def neighbours(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, [1, 1, 0], [None, 0, 1, 2, None])
    _expect(learner, [5, 5, 5], [None, 0, 0, 1, 1, 2, None])


@checks.check("a text that was cut, and a window that begins later")
def windows(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, [0, 1, 2, 0, 5], [None, 0, 1, 1, 2, None])
    _expect(learner, [1, 0, 3, 4, 0, 5], [None, 2, 2, 3, 4, 5, 5, None])


@checks.check("random texts come out right")
def texts(learner: Learner, random: np.random.Generator) -> None:
    for _ in range(6):
        number = int(random.integers(3, 15))
        pieces = random.integers(1, 5, size=number)
        word_ids = [word for word, count in enumerate(pieces) for _ in range(count)]
        padding = [None] * int(random.integers(0, 4))
        _expect(learner, _labels(random, number), [None, *word_ids, None, *padding])


@checks.check("the labels that were passed in stay as they are")
def untouched(learner: Learner, random: np.random.Generator) -> None:
    word_ids = [None, 0, 0, 1, 2, 2, 2, None]
    before, after = learner.stage("before_and_after", learner.function("align"), [1, 0, 3], word_ids)
    words = "the labels of the words as they were: build a new list"
    learner.compare(after, before, words=words, call="align(word_labels, word_ids)")


@checks.mistake("b-repeated")
def b_repeated(word_labels: list[int], word_ids: WordIds) -> list[int]:
    return [-100 if word is None else word_labels[word] for word in word_ids]


@checks.mistake("further-ignored")
def further_ignored(word_labels: list[int], word_ids: WordIds) -> list[int]:
    before = [None, *word_ids[:-1]]
    return [
        -100 if word is None or word == last else word_labels[word]
        for word, last in zip(word_ids, before, strict=True)
    ]


@checks.mistake("label-raised")
def label_raised(word_labels: list[int], word_ids: WordIds) -> list[int]:
    before = [None, *word_ids[:-1]]
    return [
        -100 if word is None else word_labels[word] + (word == last)
        for word, last in zip(word_ids, before, strict=True)
    ]


@checks.mistake("label-raised")
def entities_raised(word_labels: list[int], word_ids: WordIds) -> list[int]:
    raised = label_raised(word_labels, word_ids)
    return [
        0 if word is not None and word_labels[word] == 0 else label
        for word, label in zip(word_ids, raised, strict=True)
    ]


@checks.mistake("specials-labelled")
def specials_labelled(word_labels: list[int], word_ids: WordIds) -> list[int]:
    return [0 if each == -100 else each for each in right(word_labels, word_ids)]


@checks.mistake("specials-left-out")
def specials_left_out(word_labels: list[int], word_ids: WordIds) -> list[int]:
    return [each for each in right(word_labels, word_ids) if each != -100]


@checks.mistake("first-word-lost")
def first_word_lost(word_labels: list[int], word_ids: WordIds) -> list[int]:
    return [each if word else -100 for word, each in zip(word_ids, right(word_labels, word_ids), strict=True)]


@checks.mistake("neighbours-merged")
def neighbours_merged(word_labels: list[int], word_ids: WordIds) -> list[int]:
    found, previous = [], None
    for word in word_ids:
        label = None if word is None else word_labels[word]
        odd = label is not None and label % 2 == 1
        found.append(-100 if label is None else label + 1 if odd and label == previous else label)
        previous = label
    return found


def right(word_labels: list[int], word_ids: WordIds) -> list[int]:
    """The label of each token, by a table from B to I."""
    inside = {label: label + 1 for label in range(1, 100, 2)}
    found: list[int] = []
    for place, word in enumerate(word_ids):
        if word is None:
            found.append(-100)
            continue
        further = place > 0 and word_ids[place - 1] == word
        label = word_labels[word]
        found.append(inside.get(label, label) if further else label)
    return found


def _labels(random: np.random.Generator, number: int) -> list[int]:
    """Labels of words that fit together: an I only after a B or an I of its kind."""
    labels: list[int] = []
    while len(labels) < number:
        kind = int(random.integers(0, 5))
        labels += [0] if kind == 0 else [2 * kind - 1] + [2 * kind] * int(random.integers(0, 3))
    return labels[:number]


def _expect(learner: Learner, word_labels: list[int], word_ids: WordIds) -> None:
    learner.expect(
        "align",
        word_labels,
        word_ids,
        gives=right(word_labels, word_ids),
        words="for each token -100 where it is None, else its word's label, with I for B in further pieces",
    )


EXAMPLE = [1, 2, 0, 0, 0, 0, 0, 0, 3, 0]
