"""How well each concept is known, from 0 to 1, worked out from exercises and quiz answers.

The rule. Each exercise and each day of a quiz card gives a piece of evidence with a worth from 0 to 1:

- An exercise counts once a day, by its last check of that day. Passed is worth 1, less what was helped
  with: the first hint takes 0.1, the second 0.2, the third 0.4 in all, the solution 0.8. Failed is worth
  0, but checks that failed on the way to the first pass count nothing: failing is how one gets there.
- A quiz card counts once a day, by its last rating: again 0, hard 0.5, good 0.9, easy 1. The learner is
  the judge there, so it weighs half as much as an exercise.

Weights halve every HALF_LIFE_DAYS. Mastery is the weighted mean of the worths, but at most
1 - 0.5 ** n, where n is the sum of the weights: 0.5 after one exercise, 0.75 after two, 0.88 after
three. As weights fade, the bound comes down with them, so what is not practised is slowly lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from tutor.learner.quiz import section_of
from tutor.learner.records import SOLUTION_RUNG, Attempt, Help, History


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something that shows how well a concept is known; `source` is the id of an exercise or a section."""

    kind: Literal["exercise", "quiz"]
    source: str
    at: datetime
    worth: float
    weight: float


@dataclass(frozen=True, slots=True)
class Mastery:
    """How well a concept is known; `evidence` is what that rests on, oldest first."""

    concept: str
    value: float
    evidence: tuple[Evidence, ...]


def mastery(
    history: History,
    *,
    exercise_concepts: Mapping[str, Iterable[str]],
    section_concepts: Mapping[str, Iterable[str]],
    now: datetime,
) -> dict[str, Mastery]:
    """Each concept that there is evidence for; evidence from after `now` counts as if from now."""
    gathered: dict[str, list[Evidence]] = defaultdict(list)
    for each in (*exercise_evidence(history), *quiz_evidence(history)):
        concepts = exercise_concepts if each.kind == "exercise" else section_concepts
        for concept in concepts.get(each.source, ()):
            gathered[concept].append(each)
    return {
        concept: Mastery(
            concept, estimate(found, now), tuple(sorted(found, key=lambda each: (each.at, each.source)))
        )
        for concept, found in gathered.items()
    }


def estimate(evidence: Iterable[Evidence], now: datetime) -> float:
    """Mastery from 0 to 1 by the module's rule; 0 without evidence."""
    weighed = [(each.worth, each.weight * _faded(now - each.at)) for each in evidence]
    total = sum(weight for _, weight in weighed)
    if not total:
        return 0.0
    mean = sum(worth * weight for worth, weight in weighed) / total
    return min(mean, float(1 - 0.5**total))


def exercise_evidence(history: History) -> list[Evidence]:
    """What the checks of exercises show, oldest first."""
    shown: dict[str, list[Help]] = defaultdict(list)
    for each in history.help:
        shown[each.exercise].append(each)
    checks: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in history.attempts:
        checks[attempt.exercise].append(attempt)
    found = [
        each for exercise, attempts in checks.items() for each in _of_exercise(attempts, shown[exercise])
    ]
    return sorted(found, key=lambda each: (each.at, each.source))


def quiz_evidence(history: History) -> list[Evidence]:
    """What the ratings of quiz cards show, oldest first; each is evidence for its section's concepts."""
    last = {(review.card, _day(review.at)): review for review in history.reviews}
    return [
        Evidence("quiz", section_of(review.card), _time(review.at), _WORTH[review.rating], QUIZ_WEIGHT)
        for review in last.values()
    ]


def _of_exercise(attempts: list[Attempt], shown: list[Help]) -> list[Evidence]:
    last = {_day(attempt.at): attempt for attempt in attempts}
    first_pass = next((_day(attempt.at) for attempt in attempts if attempt.passed), None)
    days = [day for day in last if first_pass is None or day >= first_pass]
    if first_pass is None:
        days = days[-1:]
    return [
        Evidence(
            "exercise",
            last[day].exercise,
            _time(last[day].at),
            _helped(last[day], shown) if last[day].passed else 0.0,
            1.0,
        )
        for day in days
    ]


def _helped(attempt: Attempt, shown: list[Help]) -> float:
    """What a pass is worth after the help shown before it; help of long ago counts less and less."""
    at = _time(attempt.at)
    losses = [
        _LOSS[min(each.rung, SOLUTION_RUNG)] * _faded(at - _time(each.at))
        for each in shown
        if _time(each.at) <= at
    ]
    return 1 - max(losses, default=0.0)


def _faded(age: timedelta) -> float:
    return float(0.5 ** (max(age.total_seconds(), 0.0) / 86_400 / HALF_LIFE_DAYS))


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _day(text: str) -> str:
    return _time(text).astimezone(UTC).date().isoformat()


HALF_LIFE_DAYS = 60
QUIZ_WEIGHT = 0.5

_WORTH = {1: 0.0, 2: 0.5, 3: 0.9, 4: 1.0}
_LOSS = {1: 0.1, 2: 0.2, 3: 0.4, SOLUTION_RUNG: 0.8}
