"""Checks of bag-of-words: which words there are, in which columns, and how often each stands in each text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from tools.exercises.checking import Checks, Learner, Scalar
from tools.exercises.comparing import call_text, difference

Bag = tuple[dict[str, int], np.ndarray]
checks = Checks()


@checks.check("each word has a column, and each text's words are counted")
def counts(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, ["bad food", "food and bad rooms", "slow lift"])
    _expect(learner, ["art at the party", "other parties start"])
    for _ in range(3):
        words = _words(random, int(random.integers(4, 12)))
        texts = [
            " ".join(random.permutation(words)[: random.integers(1, 4)]) for _ in range(random.integers(2, 6))
        ]
        _expect(learner, texts)


@checks.check("a word that occurs several times is counted each time")
def repeats(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, ["bad food", "food food and more food", "so so"])
    word = _words(random, 1)[0]
    _expect(learner, [" ".join([word] * int(random.integers(257, 400))), "short"])


@checks.check("upper and lower case do not matter")
def case(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, ["Good food", "GOOD rooms", "the good lift"])


@checks.check("punctuation separates words")
def punctuation(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, ["good, really good!", "was it (good)?", "well-known\tand\ngood."])
    _expect(learner, ["we don't mind", "they'll mind"])


@checks.check("a single character is no word")
def short(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, ["a room with a view", "room 7 or 12", "i am ok"])


@checks.check("digits, the underscore and letters of all alphabets belong to words")
def characters(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, ["the 2nd room in 1999", "snake_case and camel"])
    _expect(learner, ["un café très bon", "schöne größe", "хороший номер"])


@checks.check("the columns are in alphabetical order")
def order(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, ["zoo yes apple", "mango apple"])
    words = _words(random, 12)
    _expect(learner, [" ".join(random.permutation(words)) for _ in range(2)])


@checks.check("a text without words has a row of zeros")
def empty(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, ["good food", "", "a !"])
    _expect(learner, ["one text alone"])


@checks.mistake("presence")
def presence(texts: list[str]) -> Bag:
    return _bag([set(_tokens(text)) for text in texts])


@checks.mistake("case-matters")
def case_matters(texts: list[str]) -> Bag:
    return _bag([re.findall(r"\w\w+", text) for text in texts])


@checks.mistake("one-letter-words")
def one_letter(texts: list[str]) -> Bag:
    return _bag([re.findall(r"\w+", text.lower()) for text in texts])


@checks.mistake("punctuation")
def blanks_only(texts: list[str]) -> Bag:
    return _bag([text.lower().split() for text in texts])


@checks.mistake("punctuation")
def blanks_and_two(texts: list[str]) -> Bag:
    return _bag([[word for word in text.lower().split() if len(word) > 1] for text in texts])


@checks.mistake("letters-only")
def letters(texts: list[str]) -> Bag:
    return _bag([re.findall(r"[a-z][a-z]+", text.lower()) for text in texts])


@checks.mistake("letters-only")
def letters_and_digits(texts: list[str]) -> Bag:
    return _bag([re.findall(r"[a-z0-9][a-z0-9]+", text.lower()) for text in texts])


@checks.mistake("letters-only")
def ascii_only(texts: list[str]) -> Bag:
    return _bag([re.findall(r"(?a:\w\w+)", text.lower()) for text in texts])


def right(texts: list[str]) -> Bag:
    """What `bag_of_words` should give."""
    return _bag([_tokens(text) for text in texts])


def _tokens(text: str) -> list[str]:
    return re.findall(r"\w\w+", text.lower())


def _bag(split: Sequence[Iterable[str]]) -> Bag:
    counted = [Counter(text) for text in split]
    columns = sorted({word for text in counted for word in text})
    table = [[text[word] for word in columns] for text in counted]
    return {word: place for place, word in enumerate(columns)}, np.array(table, dtype=int)


def _expect(learner: Learner, texts: list[str]) -> None:
    vocabulary, table = right(texts)
    value = learner.call("bag_of_words", texts)
    call = call_text("bag_of_words", [texts], {})
    mistake = learner.recognise("bag_of_words", value, (vocabulary, table), (texts,))
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        learner.fail("two things: the vocabulary and the array of counts", call=call, got=value)
    if wrong := difference(value[0], vocabulary):
        learner.fail(
            f"the vocabulary with each word's column in alphabetical order: {vocabulary}",
            mistake=mistake or ("unsorted" if _only_order(value[0], vocabulary) else ""),
            call=call,
            got=value[0],
            wrong=f"in the vocabulary, {wrong}",
        )
    learner.compare(
        value[1],
        table,
        words="in row i and column j, how often word j occurs in text i",
        call=call,
        mistake=mistake,
    )


def _only_order(value: Any, vocabulary: dict[str, int]) -> bool:
    """Whether the right words have the right numbers, but not each its own."""
    if not isinstance(value, dict) or value.keys() != vocabulary.keys():
        return False
    numbers = [each.value if isinstance(each, Scalar) else each for each in value.values()]
    return all(type(each) is int for each in numbers) and sorted(numbers) == sorted(vocabulary.values())


def _words(random: np.random.Generator, number: int) -> list[str]:
    made = ["".join(random.choice(list("bdfgklmnprst"), size=5)) for _ in range(number)]
    return list(dict.fromkeys(made))
