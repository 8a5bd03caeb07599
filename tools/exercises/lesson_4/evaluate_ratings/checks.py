"""Checks of evaluate-ratings: fractions of all reviews, whatever predict raises."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from tools.exercises.checking import Checks, CodeRaised, Learner, StandInError

checks = Checks()


@checks.check("without failures the accuracy is the share of right ratings")
def no_failures(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, [5, 3, 1, 2], [5, 3, 2, 1])
    for _ in range(3):
        n = int(random.integers(3, 12))
        _expect(learner, _ratings(random, n), _ratings(random, n))


@checks.check("a review on which predict failed counts as wrong")
def failures(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, [5, 5, 5, "ValueError"], [5, 5, 1, 5])
    for _ in range(4):
        truth = _ratings(random, int(random.integers(6, 14)))
        answers: list[Any] = [each if random.random() < 0.6 else 1 + each % 5 for each in truth]
        for place in random.choice(len(truth), size=3, replace=False):
            answers[place] = "ValueError"
        _expect(learner, answers, truth)


@checks.check("a failure has no rating, not even that of the review before")
def stale(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, [4, "ValueError", 2, "ValueError", 1, 5], [4, 4, 3, 2, 3, 5])


@checks.check("whatever predict raises is a failure")
def any_error(learner: Learner, random: np.random.Generator) -> None:
    errors = ["RuntimeError", "KeyError", "TimeoutError", "ConnectionError", "ZeroDivisionError", "TypeError"]
    for error in errors:
        _expect(learner, [3, error, 1], [3, 3, 2])
    _expect(learner, [1, *random.permutation(errors).tolist(), 2], [1, *_ratings(random, len(errors)), 2])


@checks.check("a predict that always fails has accuracy 0 and failure rate 1")
def all_fail(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, ["ValueError"] * 4, [1, 2, 3, 4])


@checks.check("each review is asked for once")
def once(learner: Learner, random: np.random.Generator) -> None:
    answers = [4, "ValueError", 3, 1, "RuntimeError"]
    asked = _expect(learner, answers, [4, 2, 2, 1, 5])
    if asked != Counter(f"review {place}" for place in range(len(answers))):
        times = max(asked.values(), default=0)
        learner.fail(
            "one call of predict for each review",
            mistake="asks-twice" if times > 1 else "",
            wrong=f"predict was called for {dict(asked)}",
        )


def _expect(learner: Learner, answers: list[Any], ratings: list[int]) -> Counter[str]:
    """Fail the check where the two fractions are not right; how often each review was asked for.

    `answers` holds what predict returns for each review, or the name of the error that it raises.
    """
    reviews = [f"review {place}" for place in range(len(ratings))]
    known = dict(zip(reviews, answers, strict=True))
    asked: Counter[str] = Counter()

    def predict(review: str) -> int:
        asked[review] += 1
        answer = known[review]
        if isinstance(answer, str):
            raise StandInError(answer, f"no rating for {review!r}")
        return int(answer)

    told = f"evaluate(predict, {reviews}, {ratings}), where predict gives {_listed(answers)}"
    failed = sum(isinstance(answer, str) for answer in answers)
    right = sum(answer == rating for answer, rating in zip(answers, ratings, strict=True))
    n = len(ratings)
    try:
        value = learner.call("evaluate", predict, reviews, ratings)
    except CodeRaised as error:
        if error.raised.type not in answers or "no rating for" not in error.raised.message:
            raise
        came = f"it raised {error.raised.type}"
        learner.fail("two fractions", mistake="some-errors-only", call=told, wrong=came)
    learner.compare(
        value,
        (right / n, failed / n),
        words=f"of {n} reviews {right} are right and {failed} failed, both as fractions of all",
        call=told,
        mistake=_recognised(value, answers, ratings, right, failed),
    )
    return asked


def _recognised(value: Any, answers: list[Any], ratings: list[int], right: int, failed: int) -> str:
    """The one wrong way that computes `value`; "" where there is none, or several do."""
    n = len(ratings)
    ways: list[tuple[str, tuple[float, float]]] = [
        ("failures-left-out", (right / (n - failed) if n > failed else 0.0, failed / n)),
        ("failures-hidden", (right / n, 0.0)),
        ("wrong-is-failure", (right / n, 1 - right / n)),
        ("stale-answer", (_stale(answers, ratings) / n, failed / n)),
        ("counts", (right, failed)),
        ("percent", (100 * right / n, 100 * failed / n)),
        ("swapped", (failed / n, right / n)),
        ("", (right / n, 1 - failed / n)),
    ]
    for guess in range(1, 6):  # a failure is given some rating
        guessed = sum(
            isinstance(each, str) and rating == guess for each, rating in zip(answers, ratings, strict=True)
        )
        ways.append(("", ((right + guessed) / n, failed / n)))
    same = [name for name, wrong in ways if _same(value, wrong)]
    return same[0] if len(same) == 1 else ""


def _stale(answers: list[Any], ratings: list[int]) -> int:
    """How many would be right if a failure left the answer of the review before in place."""
    right, last = 0, None
    for answer, rating in zip(answers, ratings, strict=True):
        last = last if isinstance(answer, str) else answer
        right += last == rating
    return right


def _same(value: Any, pair: tuple[float, float]) -> bool:
    numbers = isinstance(value, (list, tuple)) and all(isinstance(each, (int, float)) for each in value)
    return numbers and len(value) == 2 and bool(np.allclose(value, pair))


def _listed(answers: list[Any]) -> str:
    return ", ".join(f"raises {each}" if isinstance(each, str) else str(each) for each in answers)


def _ratings(random: np.random.Generator, n: int) -> list[int]:
    return [int(each) for each in random.integers(1, 6, size=n)]
