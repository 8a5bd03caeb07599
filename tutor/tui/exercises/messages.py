"""What the workers behind the exercise screens tell them; only handlers of these touch widgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from tutor.tui.problem import Problem

if TYPE_CHECKING:
    from tools.checker import CheckEvent, Verdict
    from tutor.exercises.desk import Entry, Reset
    from tutor.exercises.ladder import Hint
    from tutor.tui.course_tree import Place
    from tutor.tui.exercises.work_file import Stamp, WorkFile


@dataclass
class ExercisesListed(Message):
    """All exercises as they stand, and the id of the one to go on with."""

    entries: tuple[Entry, ...]
    current: str
    problem: Problem | None = None


@dataclass
class ExerciseOpened(Message):
    """An exercise with all that its screen shows at first."""

    entry: Entry
    file: WorkFile
    text: str | None
    unsaved: str | None
    task: str
    hints: tuple[Hint, ...]
    explanation: str
    places: tuple[Place, ...]


@dataclass
class ExerciseUnopened(Message):
    """The exercise could not be opened."""

    problem: Problem


@dataclass
class FileSeen(Message):
    """The learner's file was looked at and had been written by somebody."""

    stamp: Stamp | None
    text: str | None
    problem: Problem | None = None


@dataclass
class CheckMoved(Message):
    """Something happened in the check with that number."""

    number: int
    event: CheckEvent


@dataclass
class CheckEnded(Message):
    """A check is over: with a verdict, with a problem, or with neither where it was stopped."""

    number: int
    verdict: Verdict | None = None
    problem: Problem | None = None
    entry: Entry | None = None
    explanation: str = ""


@dataclass
class HintCame(Message):
    """One more rung of the ladder."""

    hint: Hint
    entry: Entry


@dataclass
class SolutionCame(Message):
    """The reference solution, as its keeper let it go."""

    code: str
    explanation: str
    entry: Entry


@dataclass
class SolutionNeedsYes(Message):
    """Only an explicit yes stands between the learner and the solution."""


@dataclass
class WasReset(Message):
    """The starter is back in the learner's file."""

    reset: Reset
    text: str


@dataclass
class NextFound(Message):
    """The next unsolved exercise; None where all are passed."""

    entry: Entry | None
