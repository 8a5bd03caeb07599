"""What the workers behind progress and quiz tell them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from tutor.tui.problem import Problem

if TYPE_CHECKING:
    from tutor.learner.progress import HomeSummary, LessonProgress
    from tutor.learner.quiz import Deck
    from tutor.learner.schedule import CardState
    from tutor.learner_desk import CardAnswer


@dataclass
class ProgressRead(Message):
    """How far each lesson is, and what all of it comes to."""

    lessons: tuple[LessonProgress, ...]
    home: HomeSummary | None
    problem: Problem | None = None


@dataclass
class DeckRead(Message):
    """The questions to ask now."""

    deck: Deck | None
    problem: Problem | None = None


@dataclass
class AnswerRead(Message):
    """What the course says to the question that is asked."""

    card: str
    answer: CardAnswer | None
    problem: Problem | None = None


@dataclass
class CardRated(Message):
    """A rating was kept; `state` says when the card comes again."""

    card: str
    state: CardState | None
    problem: Problem | None = None
