"""The desk where progress is looked up and quizzes are taken: what command line and app share."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from knowledge.lessons import Lesson, outline, read_section
from tools.exercises.catalog import Exercise, exercises
from tutor.errors import UsageError
from tutor.learner.mastery import Mastery, mastery
from tutor.learner.progress import HomeSummary, Last, LessonProgress, Step, lesson_progress, quiz_step
from tutor.learner.quiz import Card, Deck, answer, cards_of, deck, new_on_day, section_of
from tutor.learner.records import ExerciseRecord, History, Rating
from tutor.learner.schedule import CardState, replayed
from tutor.learner_store import LearnerStore

if TYPE_CHECKING:
    from tutor.settings import Settings
    from tutor.store import Store


@dataclass(frozen=True, slots=True)
class CardAnswer:
    """What the course says to a card's question, as Markdown, and the section it stands in."""

    card: Card
    text: str


@dataclass(frozen=True, slots=True)
class _Known:
    """All that answers are worked out from, read at one moment."""

    history: History
    records: dict[str, ExerciseRecord]
    states: dict[str, CardState]
    now: datetime


class LearnerDesk:
    """A learner's progress and quizzes over one data folder; every call looks anew at what is kept.

    `clock` gives the time in the learner's own time zone, in which days begin and end.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        """Look at the settings' data folder and what the store remembers."""
        self._settings = settings
        self._store = store
        self._clock = clock
        self._learner = LearnerStore(store, clock=lambda: clock().astimezone(UTC))

    def home(self) -> HomeSummary:
        """Where the learner was and what comes next, for a home screen."""
        known = self._known()
        due = len(self._deck(known, None).due)
        current = self._current()
        states = [known.records[each.id].state for each in exercises() if each.id in known.records]
        return HomeSummary(
            last=self._last(known),
            next=_exercise_step(current) if current else quiz_step(due),
            passed=states.count("passed"),
            total=len(exercises()),
            due=due,
        )

    def progress(self, lesson: int | None = None) -> list[LessonProgress]:
        """How far each lesson has come, or only one; UsageError where there is no such lesson."""
        wanted = outline() if lesson is None else [_lesson(lesson)]
        known = self._known()
        due = self._deck(known, None).due
        values = _mastery(known)
        current = self._current()
        return [
            lesson_progress(
                each,
                exercises(),
                records=known.records,
                mastery=values,
                due=due,
                current=current.id if current else "",
            )
            for each in wanted
        ]

    def mastery(self) -> dict[str, Mastery]:
        """How well each concept is known that there is evidence for, and what that rests on."""
        return _mastery(self._known())

    def deck(self, lesson: int | None = None) -> Deck:
        """The quiz cards to ask now, of lessons that were worked on, or of the one that is asked for."""
        if lesson is not None:
            _lesson(lesson)
        return self._deck(self._known(), lesson)

    def card(self, card: str) -> Card:
        """The quiz card of that id; UsageError naming the closest where there is none."""
        if card in self._cards:
            return self._cards[card]
        near = difflib.get_close_matches(card, self._cards, n=1)
        raise UsageError(
            f"There is no quiz card {card[:80]!r}.",
            help=f"Did you mean {near[0]}?" if near else "List those that are due: tutor quiz --json",
        )

    def answer(self, card: str) -> CardAnswer:
        """What the course says to a card's question."""
        found = self.card(card)
        return CardAnswer(found, answer(read_section(found.section), found.question))

    def rate(self, card: str, rating: Rating) -> CardState:
        """Record how well the learner knew a card, and say when it comes again."""
        found = self.card(card)
        self._learner.review(found.id, rating)
        return replayed(self._learner.reviews(found.id))[found.id]

    def section_read(self, section: str) -> None:
        """Record that a section of the course was read now."""
        self._learner.section_read(section)

    @cached_property
    def _cards(self) -> dict[str, Card]:
        sections = (section for lesson in outline() for section in lesson.sections)
        return {card.id: card for card in cards_of(sections)}

    def _known(self) -> _Known:
        history = self._learner.history()
        return _Known(history, self._learner.records(), replayed(history.reviews), self._clock())

    def _deck(self, known: _Known, lesson: int | None) -> Deck:
        worked_on = {attempt.exercise for attempt in known.history.attempts}
        attempted = [each for each in exercises() if each.id in worked_on]
        sections = {section_of(card) for card in known.states}
        touched = {each.lesson for each in attempted} | {
            each.number for each in outline() if any(section.id in sections for section in each.sections)
        }
        first_asked: dict[str, datetime] = {}
        for review in known.history.reviews:
            first_asked.setdefault(review.card, datetime.fromisoformat(review.at))
        return deck(
            [card for card in self._cards.values() if lesson in (None, card.lesson)],
            known.states,
            now=known.now,
            touched=touched if lesson is None else {lesson},
            first={section for each in attempted for section in each.sections},
            introduced=new_on_day(first_asked, known.now),
        )

    def _current(self) -> Exercise | None:
        from tutor.exercises.desk import Desk

        entry = Desk(self._settings, self._store).current()
        return entry.exercise if entry else None

    def _last(self, known: _Known) -> Last | None:
        """What was done last; a session without a question and what no longer exists do not count."""
        from tools.engine.runs import all_runs

        titles = {each.id: each.title for each in exercises()}
        sections = {each.id: each.title for lesson in outline() for each in lesson.sections}
        found = [
            Last("session", each.name, each.title, each.updated_at)
            for each in self._store.sessions()
            if each.turns
        ]
        for record in known.records.values():
            at = max(record.checked_at or "", record.started_at or "")
            if at and record.exercise in titles:
                found.append(Last("exercise", record.exercise, titles[record.exercise], at))
        for run in all_runs(self._settings.home):
            found.append(Last("run", run.id, run.lab, _at(run.created)))
        for reading in known.history.readings:
            if reading.section in sections:
                found.append(Last("section", reading.section, sections[reading.section], reading.at))
        return max((each for each in found if each.at), key=lambda each: each.at, default=None)


def _mastery(known: _Known) -> dict[str, Mastery]:
    return mastery(
        known.history,
        exercise_concepts={each.id: each.concepts for each in exercises()},
        section_concepts={
            section.id: section.concepts for lesson in outline() for section in lesson.sections
        },
        now=known.now,
    )


def _lesson(number: int) -> Lesson:
    lessons: Sequence[Lesson] = outline()
    for each in lessons:
        if each.number == number:
            return each
    raise UsageError(
        f"The course has no lesson {number}.",
        help=f"Give one from {lessons[0].number} to {lessons[-1].number}; see: tutor course list",
    )


def _exercise_step(exercise: Exercise) -> Step:
    return Step("exercise", exercise.id, exercise.title, exercise.lesson)


def _at(seconds: float) -> str:
    """A run's time as the store writes its own; "" for one that is no time."""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    except (OverflowError, ValueError, OSError):
        return ""
