"""How far a learner has come, lesson by lesson, what was done last and what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from tutor.learner.mastery import Mastery
from tutor.learner.quiz import CourseSection, Due
from tutor.learner.records import ExerciseRecord


class CourseLesson(Protocol):
    """What progress needs to know of a lesson."""

    @property
    def number(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def sections(self) -> Sequence[CourseSection]: ...


class CourseExercise(Protocol):
    """What progress needs to know of an exercise."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def lesson(self) -> int: ...


@dataclass(frozen=True, slots=True)
class ConceptProgress:
    """A concept, the section that defines it, how well it is known, and how much that rests on."""

    concept: str
    section: str
    mastery: float
    evidence: int


@dataclass(frozen=True, slots=True)
class ExerciseProgress:
    """An exercise of a lesson and how it stands."""

    id: str
    title: str
    record: ExerciseRecord


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do next: an exercise by its id, or a number of quiz cards that are due."""

    kind: Literal["exercise", "quiz"]
    id: str
    title: str
    lesson: int | None
    count: int = 1


@dataclass(frozen=True, slots=True)
class LessonProgress:
    """One lesson: its exercises and concepts in order, quiz cards due and new, and what comes next."""

    number: int
    title: str
    exercises: tuple[ExerciseProgress, ...]
    concepts: tuple[ConceptProgress, ...]
    due: int
    next: Step | None

    @property
    def passed(self) -> int:
        """How many exercises are passed as things stand."""
        return sum(each.record.state == "passed" for each in self.exercises)

    @property
    def total(self) -> int:
        """How many exercises the lesson has."""
        return len(self.exercises)

    @property
    def mastery(self) -> float:
        """The mean over all of the lesson's concepts, those without evidence counting 0."""
        return sum(each.mastery for each in self.concepts) / len(self.concepts) if self.concepts else 0.0


@dataclass(frozen=True, slots=True)
class Last:
    """What the learner did last: `name` is the session's, exercise's, run's or section's own."""

    kind: Literal["session", "exercise", "run", "section"]
    name: str
    title: str
    at: str


@dataclass(frozen=True, slots=True)
class HomeSummary:
    """What a home screen says: where the learner was, what comes next, exercises passed, cards due."""

    last: Last | None
    next: Step | None
    passed: int
    total: int
    due: int


def lesson_progress(
    lesson: CourseLesson,
    exercises: Iterable[CourseExercise],
    *,
    records: Mapping[str, ExerciseRecord],
    mastery: Mapping[str, Mastery],
    due: Sequence[Due],
    current: str = "",
) -> LessonProgress:
    """One lesson's progress; `current` is the exercise to go on with, where it is of this lesson."""
    own = tuple(
        ExerciseProgress(each.id, each.title, records.get(each.id, ExerciseRecord(each.id)))
        for each in exercises
        if each.lesson == lesson.number
    )
    concepts = tuple(
        ConceptProgress(
            concept, section.id, found.value if found else 0.0, len(found.evidence) if found else 0
        )
        for section in lesson.sections
        for concept in section.concepts
        for found in [mastery.get(concept)]
    )
    count = sum(each.card.lesson == lesson.number for each in due)
    return LessonProgress(
        lesson.number, lesson.title, own, concepts, count, _next(own, lesson.number, count, current)
    )


def _next(own: Sequence[ExerciseProgress], lesson: int, due: int, current: str) -> Step | None:
    """The exercise worked on, else the first that is not passed, else the quiz where cards are due."""
    open_ones = [each for each in own if each.record.state != "passed"]
    for each in sorted(open_ones, key=lambda each: each.id != current):
        return Step("exercise", each.id, each.title, lesson)
    return quiz_step(due, lesson)


def quiz_step(due: int, lesson: int | None = None) -> Step | None:
    """The quiz as what comes next; None where no card is due."""
    if not due:
        return None
    return Step("quiz", "", "1 quiz question" if due == 1 else f"{due} quiz questions", lesson, due)
