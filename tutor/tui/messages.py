"""What workers tell the app; only the handlers of these touch widgets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

from tutor.agent.events import Event, Proposal
from tutor.tui.problem import Problem

if TYPE_CHECKING:
    from knowledge.library import IngestReport, Progress
    from tutor.store import SessionInfo, Turn
    from tutor.tui.course_tree import Shelf


@dataclass
class AnswerEvent(Message):
    """Something happened in the turn with number `turn`."""

    turn: int
    event: Event


@dataclass
class AnswerFailed(Message):
    """The turn ended without an answer."""

    turn: int
    problem: Problem


@dataclass
class AnswerEnded(Message):
    """The turn is over, however it ended, and the next may begin."""

    turn: int


@dataclass
class ProposalWaits(Message):
    """A proposal waits for the person's word: from an earlier day, or after a decision that could not be."""

    proposal: Proposal


@dataclass
class Warmed(Message):
    """The model is ready; `problem` says why it could not be made so ahead of time."""

    problem: Problem | None


@dataclass
class IndexProgress(Message):
    """How far the index or an ingest is; None once it is done."""

    progress: Progress | None


@dataclass
class IndexReady(Message):
    """The index is as complete as it gets; `notes` are sentences for the person."""

    notes: tuple[str, ...]
    problem: Problem | None = None


@dataclass
class IngestEnded(Message):
    """An ingest is over."""

    paths: tuple[Path, ...]
    report: IngestReport | None
    problem: Problem | None = None

    @property
    def words(self) -> str:
        """What came of it, in words."""
        report = self.report
        if report is None:
            return "Stopped adding; what was added so far stays."
        words = f"{report.documents} documents, {report.added} new passages, {report.unchanged} unchanged."
        if report.skipped:
            skipped = "\n".join(f"{Path(each.path).name}: {each.reason}" for each in report.skipped[:5])
            more = len(report.skipped) - 5
            words += f"\nSkipped:\n{skipped}" + (f"\nand {more} more" if more > 0 else "")
        return words


@dataclass
class ShelvesLoaded(Message):
    """What there is to read: the course and the person's collections."""

    shelves: tuple[Shelf, ...]
    asks: tuple[str, ...]


@dataclass
class SessionLoaded(Message):
    """The earlier turns of a session that is being opened."""

    session: str
    turns: tuple[Turn, ...]


@dataclass
class SessionsListed(Message):
    """All sessions, the one used last first."""

    sessions: tuple[SessionInfo, ...]
    problem: Problem | None = None


@dataclass
class Told(Message):
    """A worker's short word to the person."""

    message: str
    title: str = ""
    problem: Problem | None = None
