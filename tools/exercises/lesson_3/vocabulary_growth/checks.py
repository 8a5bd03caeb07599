"""Checks of vocabulary-growth: the counts, and that no text is tokenised twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from tools.exercises.checking import Checks, Learner

Tokenize = Callable[[str], list[Any]]
checks = Checks()


@checks.check("the different words in the first texts are counted")
def counted(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, REVIEWS, blanks, [1, 2, 4])
    _expect(learner, REVIEWS, blanks, [2, 3])
    _expect(learner, ["a a a"], blanks, [1])


@checks.check("every size from one text to all of them is right")
def each_size(learner: Learner, random: np.random.Generator) -> None:
    texts = _texts(random, 12)
    _expect(learner, texts, blanks, list(range(1, 13)))
    _expect(learner, texts, blanks, [12])


@checks.check("random texts and sizes give the right counts")
def random_sizes(learner: Learner, random: np.random.Generator) -> None:
    for _ in range(4):
        number = int(random.integers(20, 60))
        picked = random.choice(np.arange(1, number + 1), size=5, replace=False)
        _expect(learner, _texts(random, number), blanks, sorted(int(each) for each in picked))


@checks.check("the tokens are those of the function that was passed in")
def own_tokenizer(learner: Learner, random: np.random.Generator) -> None:
    texts = _texts(random, 15)
    _expect(learner, texts, trigrams, [1, 5, 15])
    _expect(learner, texts, token_ids, [1, 5, 15])
    _expect(learner, ["Soup soup", "SOUP"], blanks, [1, 2])


@checks.check("no text is tokenised twice")
def one_pass(learner: Learner, random: np.random.Generator) -> None:
    texts = [f"{text} {place}" for place, text in enumerate(_texts(random, 20))]
    calls: Counter[str] = Counter()

    def tokenize(text: str) -> list[str]:
        calls[text] += 1
        return blanks(text)

    value = learner.call("vocabulary_sizes", texts, tokenize, [2, 5, 11, 20])
    call = "vocabulary_sizes(<20 texts>, tokenize, [2, 5, 11, 20])"
    most = max(calls.values(), default=0)
    if most > 1 or sum(calls.values()) > len(texts):
        words = f"at most one call of tokenize for each text; one text was tokenised {most} times"
        learner.fail(words, mistake="tokenises-again", call=call)
    learner.compare(value, right(texts, blanks, [2, 5, 11, 20]), words=WORDS, call=call)


@checks.mistake("counts-tokens")
def counts_tokens(texts: list[str], tokenize: Tokenize, sizes: list[int]) -> list[int]:
    return [sum(len(tokenize(text)) for text in texts[:size]) for size in sizes]


@checks.mistake("off-by-one")
def one_short(texts: list[str], tokenize: Tokenize, sizes: list[int]) -> list[int]:
    return right(texts, tokenize, [size - 1 for size in sizes])


@checks.mistake("off-by-one")
def one_over(texts: list[str], tokenize: Tokenize, sizes: list[int]) -> list[int]:
    return right(texts, tokenize, [size + 1 for size in sizes])


@checks.mistake("off-by-one")
def one_over_and_cut(texts: list[str], tokenize: Tokenize, sizes: list[int]) -> list[int]:
    return right(texts, tokenize, [size + 1 for size in sizes if size < len(texts)])


@checks.mistake("starts-over")
def starts_over(texts: list[str], tokenize: Tokenize, sizes: list[int]) -> list[int]:
    starts = [0, *sizes[:-1]]
    return [right(texts[start:size], tokenize, [size])[0] for start, size in zip(starts, sizes, strict=True)]


@checks.mistake("own-tokens")
def own_words(texts: list[str], tokenize: Tokenize, sizes: list[int]) -> list[int]:
    return right(texts, blanks, sizes)


@checks.mistake("own-tokens")
def own_lower_words(texts: list[str], tokenize: Tokenize, sizes: list[int]) -> list[int]:
    return right(texts, lambda text: text.lower().split(), sizes)


@checks.mistake("own-tokens")
def own_pattern(texts: list[str], tokenize: Tokenize, sizes: list[int]) -> list[int]:
    return right(texts, lambda text: re.findall(r"\w\w+", text.lower()), sizes)


def right(texts: list[str], tokenize: Tokenize, sizes: list[int]) -> list[int]:
    """What the function should give."""
    return [len({token for text in texts[:size] for token in tokenize(text)}) for size in sizes]


def blanks(text: str) -> list[str]:
    """The parts between blanks."""
    return text.split()


def trigrams(text: str) -> list[str]:
    """Pieces of three letters, blanks among them."""
    return [text[start : start + 3] for start in range(0, len(text), 3)]


def token_ids(text: str) -> list[int]:
    """The characters as numbers."""
    return [ord(letter) for letter in text]


def _texts(random: np.random.Generator, number: int) -> list[str]:
    """Texts of made-up words, some of them frequent."""
    words = ["".join(random.choice(list("abdegiklmnoprstu"), size=5)) for _ in range(120)]
    share = 1 / np.arange(1, 121)
    picks = [
        random.choice(words, size=int(random.integers(3, 9)), p=share / share.sum()) for _ in range(number)
    ]
    return [" ".join(each) for each in picks]


def _expect(learner: Learner, texts: list[str], tokenize: Tokenize, sizes: list[int]) -> None:
    learner.expect(
        "vocabulary_sizes", texts, tokenize, sizes, gives=right(texts, tokenize, sizes), words=WORDS
    )


REVIEWS = ["good good soup", "good bread and soup", "bad soup", "cold bread"]
WORDS = "for each size the number of different tokens in the first so many texts"
