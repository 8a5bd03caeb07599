"""Checks of score-text: whole words, once each, in any case; above 0 is a yes."""

from __future__ import annotations

import numpy as np

from tools.exercises.checking import Checks, Learner

checks = Checks()


@checks.check("a text's score is the sum of its words' scores")
def sums(learner: Learner, random: np.random.Generator) -> None:
    text = "a cosmic storm shook the starship while the dragon slept"
    _score(learner, text, SCI_FI)
    for _ in range(5):
        weights, words = _vocabulary(random)
        chosen = random.choice(words, size=int(random.integers(3, 9)), replace=False)
        _score(learner, " ".join([*chosen, "and", "so"]), weights)


@checks.check("a word counts once, however often it occurs")
def once(learner: Learner, random: np.random.Generator) -> None:
    _score(learner, "dragon against dragon and one more dragon", SCI_FI)
    weights, words = _vocabulary(random)
    _score(learner, " ".join(random.choice(words[:4], size=20)), weights)


@checks.check("upper and lower case do not matter")
def case(learner: Learner, random: np.random.Generator) -> None:
    _score(learner, "The STARSHIP left a cosmic storm and a dragon but no Wizard", SCI_FI)
    _score(learner, "Dragon against dragon and DRAGON and one more dragon", SCI_FI)


@checks.check("only whole words count")
def whole(learner: Learner, random: np.random.Generator) -> None:
    _score(learner, "they start the party", {"art": 1.0, "star": 0.5, "part": 0.25, "they": -2.0})


@checks.check("a text without known words scores 0")
def nothing(learner: Learner, random: np.random.Generator) -> None:
    _score(learner, "nothing of the kind", SCI_FI)
    _score(learner, "", SCI_FI)
    _score(learner, "starship", {})


@checks.check("predict says True above 0, and only there")
def decides(learner: Learner, random: np.random.Generator) -> None:
    _predict(learner, "a starship", SCI_FI)
    _predict(learner, "a wizard in a starship", SCI_FI)
    for _ in range(4):
        weights, words = _vocabulary(random)
        _predict(learner, " ".join(random.choice(words, size=4, replace=False)), weights)


@checks.check("a score of exactly 0 is not a yes")
def zero(learner: Learner, random: np.random.Generator) -> None:
    _predict(learner, "up and down", {"up": 0.5, "down": -0.5})
    _predict(learner, "", SCI_FI)


@checks.mistake("counts-repeats", of="score")
def counts_repeats(text: str, weights: dict[str, float]) -> float:
    return sum(weights.get(word, 0.0) for word in text.lower().split())


@checks.mistake("case-matters", of="score")
def case_matters(text: str, weights: dict[str, float]) -> float:
    return sum(weights.get(word, 0.0) for word in set(text.split()))


@checks.mistake("case-matters", of="score")
def lowered_too_late(text: str, weights: dict[str, float]) -> float:
    return sum(weights.get(word.lower(), 0.0) for word in set(text.split()))


@checks.mistake("parts-of-words", of="score")
def parts_of_words(text: str, weights: dict[str, float]) -> float:
    return sum(weight for word, weight in weights.items() if word in text.lower())


@checks.mistake("zero-is-yes", of="predict")
def zero_is_yes(text: str, weights: dict[str, float]) -> bool:
    return right_score(text, weights) >= 0


def right_score(text: str, weights: dict[str, float]) -> float:
    """What `score` should give, for texts and weights in any case."""
    words = set(text.lower().split())
    return float(sum(weight for word, weight in weights.items() if word in words))


def _score(learner: Learner, text: str, weights: dict[str, float]) -> None:
    learner.expect(
        "score",
        text,
        weights,
        gives=right_score(text, weights),
        words="the sum of the scores of the words present, each once, in any case",
    )


def _predict(learner: Learner, text: str, weights: dict[str, float]) -> None:
    learner.expect(
        "predict",
        text,
        weights,
        gives=right_score(text, weights) > 0,
        words="True where the score is above 0, else False",
    )


def _vocabulary(random: np.random.Generator) -> tuple[dict[str, float], list[str]]:
    words = ["".join(random.choice(list("bdfgklmnprst"), size=6)) for _ in range(20)]
    words = list(dict.fromkeys(words))
    return {word: round(float(random.normal()), 2) for word in words[:15]}, words


SCI_FI = {"starship": 0.5, "cosmic": 0.3, "wizard": -0.7, "dragon": -0.6}
