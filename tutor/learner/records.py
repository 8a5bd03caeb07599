"""What is known of a learner's work, as plain data: exercises, help, quiz reviews, reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

ExerciseState = Literal["new", "started", "failing", "passed"]
STATE_MARKS: dict[ExerciseState, str] = {"new": "·", "started": "○", "failing": "✗", "passed": "✓"}
Rating = Literal[1, 2, 3, 4]  # again, hard, good, easy

LAST_RUNG = 3
SOLUTION_RUNG = 4  # the reference solution, recorded as one rung above the hints


@dataclass(frozen=True, slots=True)
class ExerciseRecord:
    """One exercise as it stands; times are ISO 8601 in UTC.

    `state` follows the last check, so a failing one sets a passed exercise back; `passed_at` is when
    it passed first and stays. `hints` counts the rungs of the ladder shown, 0 to 3. `path` is the
    learner's file, "" where none was started here. `last_verdict` is the last check's
    `Verdict.as_dict()`, long texts in it cut.
    """

    exercise: str
    state: ExerciseState = "new"
    attempts: int = 0
    hints: int = 0
    solution_shown: bool = False
    started_at: str | None = None
    checked_at: str | None = None
    passed_at: str | None = None
    path: str = ""
    last_verdict: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One check of an exercise: when, how it ended, how long it took, which known mistakes it found.

    `key` tells it from every other attempt, on every machine. `verdict` is None for all but the
    newest attempts of an exercise.
    """

    key: str
    exercise: str
    at: str
    passed: bool
    seconds: float
    mistakes: tuple[str, ...] = ()
    verdict: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Help:
    """A rung of an exercise's ladder, and when it was first shown; rung 4 is the solution."""

    exercise: str
    rung: int
    at: str


@dataclass(frozen=True, slots=True)
class Review:
    """One answer to a quiz card, as the learner rated it; `key` as in Attempt."""

    key: str
    card: str
    at: str
    rating: Rating


@dataclass(frozen=True, slots=True)
class Start:
    """When an exercise was first started."""

    exercise: str
    at: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A section of the course, and when it was read last."""

    section: str
    at: str


@dataclass(frozen=True, slots=True)
class History:
    """All that is kept of a learner, each list oldest first."""

    starts: tuple[Start, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    help: tuple[Help, ...] = ()
    reviews: tuple[Review, ...] = ()
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of an import was new here."""

    exercises: int
    attempts: int
    reviews: int
