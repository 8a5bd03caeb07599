"""What a turn of the conversation reports while it runs; the app and the command line read only these."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal


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


@dataclass(frozen=True, slots=True)
class Proposal:
    """A run of a lab that waits for the person's word; nothing has started.

    `settings` holds every setting with its value, `changed` the names that differ from the lab's
    defaults. `device` is the one it would run on ("cpu", "cuda", "mps"). `seconds`, `memory_mb` and
    `download_mb` are what it is expected to take. `sentence` says all that in the person's language,
    with the words of the wish that no setting stands for; `refused` says why it cannot be run as it
    is, and is empty where it can. `data` is the path of the person's own data, or empty;
    `asked_device` what was asked for ("auto" where nothing was).
    """

    id: str
    lab: str
    title: str
    settings: dict[str, Any]
    changed: tuple[str, ...]
    device: str
    seconds: float
    memory_mb: float
    download_mb: float
    sentence: str
    refused: str = ""
    data: str = ""
    asked_device: str = "auto"

    @property
    def command(self) -> str:
        """The same run as a command line."""
        import shlex

        parts = ["tutor", "lab", "run", self.lab]
        for name in self.changed:
            parts += ["--set", f"{name}={self.settings[name]}"]
        if self.data:
            parts += ["--data", self.data]
        if self.asked_device not in ("", "auto"):
            parts += ["--device", self.asked_device]
        return shlex.join(parts)


@dataclass(frozen=True, slots=True)
class Decision:
    """What the person says to a proposal.

    "accept" starts the run, "edit" starts it with `settings` (only those that differ from the
    proposal's are needed) and, where given, on `device`; "decline" drops it.
    """

    action: Literal["accept", "edit", "decline"]
    settings: dict[str, Any] = field(default_factory=dict)
    device: str = ""


@dataclass(frozen=True, slots=True)
class LabProposed:
    """The turn ends here for now: `Conversation.decide` goes on with it, even after a restart."""

    proposal: Proposal


@dataclass(frozen=True, slots=True)
class LabStarted:
    """A run began, in a process of its own; it goes on whatever becomes of the conversation."""

    run_id: str
    lab: str


Event = (
    ToolStarted
    | ToolFinished
    | SourcesFound
    | Token
    | AnswerRestarted
    | Notice
    | LabProposed
    | LabStarted
    | Answered
)
