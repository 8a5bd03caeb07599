"""Checks of parse-rating: the scripted model's answers in many forms, and those that hold no rating."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from tools.exercises.checking import Checks, CodeRaised, Learner

checks = Checks()


@checks.check("the review is sent to the model")
def sent(learner: Learner, random: np.random.Generator) -> None:
    review = _review(random)
    _, requests = _predict(learner, review, "Final Prediction: 3 stars")
    text = " ".join(message["content"] for request in requests for message in request["messages"])
    if " ".join(review.split()) not in " ".join(text.split()):
        learner.fail(
            "a request whose messages hold the review's text",
            mistake="review-not-sent",
            call=f"predict_review_rating({review!r}, client)",
            got=[request["messages"] for request in requests],
        )


@checks.check('"Final Prediction: 4 stars" is read')
def final_prediction(learner: Learner, random: np.random.Generator) -> None:
    _reads_each(learner, random, "Final Prediction: {} stars")
    _reads(learner, "Kind staff, but the room was cold. Final Prediction: 3 stars", 3)
    _reads(learner, "The reviewer was delighted.\n\nFinal Prediction: 5 stars.", 5)
    _reads(learner, "Final Prediction: 1 star", 1)


@checks.check("a bare number is read")
def bare(learner: Learner, random: np.random.Generator) -> None:
    _reads_each(learner, random, "{}")
    _reads(learner, "2 stars", 2)
    _reads(learner, "I would give it 4 stars.", 4)


@checks.check('"4 out of 5" and "4/5" are read')
def out_of_five(learner: Learner, random: np.random.Generator) -> None:
    _reads_each(learner, random, "{} out of 5")
    _reads_each(learner, random, "{}/5")
    _reads(learner, "I would say 2 out of 5 stars.", 2)
    _reads(learner, "Rating: 3/5", 3)


@checks.check("an answer that repeats the scale is read")
def scale(learner: Learner, random: np.random.Generator) -> None:
    _reads_each(learner, random, "From 1 to 5, I'd say {}.")
    _reads(learner, "from 1 to 5, I'd say 4", 4)
    _reads(learner, "On a scale from 1 to 5, I would rate it 2.", 2)


@checks.check("half stars are no rating")
def halves(learner: Learner, random: np.random.Generator) -> None:
    whole = int(random.integers(1, 5))
    for answer in ("4.5", "Final Prediction: 4.5 stars", f"{whole}.5 stars", "From 1 to 5, I'd say 3.5."):
        _refuses(learner, answer)


@checks.check("0 and 6 are no rating")
def outside(learner: Learner, random: np.random.Generator) -> None:
    above = int(random.integers(6, 10))
    for answer in ("0", "6", "Final Prediction: 0 stars", "Final Prediction: 6 stars", f"{above} stars"):
        _refuses(learner, answer)
    _refuses(learner, "From 1 to 5, I'd say 0.")
    _refuses(learner, f"{int(random.integers(10, 60))} stars")


@checks.check("an answer without a rating raises ReviewParseError")
def nothing(learner: Learner, random: np.random.Generator) -> None:
    _refuses(learner, "no rating")
    _refuses(learner, "I am sorry, I cannot tell from this review.")
    _refuses(learner, "Final Prediction: stars")
    _refuses(learner, "")


@checks.check("the scale alone is no rating")
def scale_alone(learner: Learner, random: np.random.Generator) -> None:
    _refuses(learner, "I cannot rate this review from 1 to 5.")


def _reads_each(learner: Learner, random: np.random.Generator, form: str) -> None:
    for stars in random.permutation(5) + 1:
        _reads(learner, form.format(stars), int(stars))


def _reads(learner: Learner, answer: str, stars: int) -> None:
    """Fail the check where the answer is not read as that many stars."""
    try:
        value, _ = _predict(learner, _REVIEWS[0], answer)
    except CodeRaised as error:
        if "ReviewParseError" not in error.raised.bases:
            raise
        learner.fail(f"the rating {stars}", call=_told(answer), wrong="it raised ReviewParseError")
    numbers = [int(each) for each in re.findall(r"\d", answer)]
    mistake = ""
    if isinstance(value, str) and value.strip() == str(stars):
        mistake = "text-not-number"
    elif isinstance(value, int) and value != stars:
        mistake = "first-number" if value == numbers[0] else "last-number" if value == numbers[-1] else ""
    learner.compare(value, stars, words=f"{stars}, as an int", call=_told(answer), mistake=mistake)


def _refuses(learner: Learner, answer: str) -> None:
    """Fail the check where the answer does not raise ReviewParseError."""
    try:
        value, _ = _predict(learner, _REVIEWS[1], answer)
    except CodeRaised as error:
        if "ReviewParseError" in error.raised.bases:
            return
        _predict(learner, _REVIEWS[1], "4")  # raises as well where the answer is not what is wrong
        came = f"it raised {error.raised.type}: {error.raised.message}"
        learner.fail("ReviewParseError", mistake="other-error", call=_told(answer), wrong=came)
    learner.fail(
        "ReviewParseError, as the answer holds no rating from 1 to 5",
        mistake=_wrongly_read(answer, value),
        call=_told(answer),
        got=value,
    )


def _wrongly_read(answer: str, value: Any) -> str:
    """The mistake that reads `value` from an answer without a rating."""
    numbers = [float(each) for each in re.findall(r"\d+(?:\.\d+)?", answer)]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not numbers:
        return "no-error"
    if "1 to 5" in answer and value in (1, 5):
        return "first-number" if value == 1 else "last-number"
    if numbers[-1] % 1:
        return "half-stars" if abs(value - numbers[-1]) < 1 else "no-error"
    if value == numbers[-1] or str(numbers[-1]).startswith(str(value)):
        return "out-of-range"
    return "no-error"


def _predict(learner: Learner, review: str, answer: str) -> tuple[Any, list[dict[str, Any]]]:
    """What the learner returns where the model answers `answer`, and the requests that it sent."""
    requests: list[dict[str, Any]] = []
    client = learner.stage("openai_client", _model(answer, requests))
    value = learner.call("predict_review_rating", review, client)
    if not requests:
        learner.fail(
            "a rating that the model was asked for", mistake="review-not-sent", got=value, call=_told(answer)
        )
    return value, requests


def _model(answer: str, requests: list[dict[str, Any]]) -> Callable[[dict[str, Any]], str]:
    def ask(request: dict[str, Any]) -> str:
        requests.append(request)
        return answer

    return ask


def _told(answer: str) -> str:
    return f"predict_review_rating(text, client), where the model answers {answer!r}"


def _review(random: np.random.Generator) -> str:
    meal, late, kind, fair = (str(each) for each in random.permutation(_WORDS)[:4])
    return f"We came for the {meal}; the {late} was late, the {kind} kind, the {fair} fair."


_REVIEWS = ("The soup was cold but the waiter was kind.", "A room with a view of the yard.")
_WORDS = ("soup", "tea", "bread", "waiter", "price", "music", "bill", "garden", "service", "cook")
