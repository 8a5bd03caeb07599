"""What a turn of the conversation reports while it runs; the app and the command line read only these."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Source:
    """One passage that an answer quotes or cites, under the number it was shown to the model with.

    Numbers follow the search's ranking, so an answer may begin with [2].
    `quote` is the passage's text, verbatim Markdown; `passage_id` opens the whole section
    (`Library.read`).
    """

    n: int
    title: str
    section: str
    location: str
    quote: str
    passage_id: str = ""
    collection: str = ""

    def public(self) -> dict[str, Any]:
        """The fields that `tutor ask --json` promises."""
        return {key: getattr(self, key) for key in ("n", "title", "section", "location", "quote")}


@dataclass(frozen=True, slots=True)
class ToolUse:
    """One tool call of a turn: what was asked of which tool, and one line on what came back."""

    name: str
    args: dict[str, Any]
    summary: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished (or stopped) answer.

    `answered` is False where the material does not cover the question, where nothing cited
    supports the answer, or where it was stopped. `model` names what really wrote it. `seconds`
    is wall time from the question to the last word.
    """

    query: str
    answer: str
    answered: bool
    sources: tuple[Source, ...]
    tools: tuple[ToolUse, ...]
    model: str
    seconds: float

    def public(self) -> dict[str, Any]:
        """The object that `tutor ask --json` prints."""
        return {
            "query": self.query,
            "answer": self.answer,
            "answered": self.answered,
            "sources": [source.public() for source in self.sources],
            "tools": [asdict(tool) for tool in self.tools],
            "model": self.model,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True, slots=True)
class ToolStarted:
    """A tool was called; show that something is going on."""

    name: str
    args: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """A tool came back."""

    tool: ToolUse


@dataclass(frozen=True, slots=True)
class SourcesFound:
    """The sources of the answer so far, complete each time; replaces what was shown before."""

    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Token:
    """The next piece of the answer's Markdown."""

    text: str


@dataclass(frozen=True, slots=True)
class AnswerRestarted:
    """What streamed so far is void (the model failed); the answer begins again, empty."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the person should know: what happened, and what to do about it."""

    title: str
    message: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """The turn's last event."""

    answer: Answer


Event = ToolStarted | ToolFinished | SourcesFound | Token | AnswerRestarted | Notice | Answered
