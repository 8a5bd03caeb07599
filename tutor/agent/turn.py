"""What the tools and models of one turn share: who asked what, and the numbers of the passages shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from typing_extensions import TypedDict  # pydantic, which reads the tools' types, wants this one on 3.11

from tutor.agent.events import Source


class ShownPassage(TypedDict):
    """One passage as a tool showed it, under its number; plain data, so that a checkpoint can keep it.

    `score` is 0..1 and comparable within one search; 0 where the passage was read, not found.
    """

    n: int
    passage_id: str
    collection: str
    title: str
    section: str
    headings: list[str]
    location: str
    kind: str
    language: str
    text: str
    asks: list[str]
    score: float


@dataclass(slots=True)
class Turn:
    """The state of one turn, passed to tools and middleware as the graph's runtime context.

    `author` names the model that is writing now. `failure` is an error that no model can answer
    around (a broken index): the turn ends with it. `hinted` says that a hint of an exercise was shown.
    """

    question: str
    collections: tuple[str, ...] | None = None
    author: str = "guide"
    model_calls: int = 0
    given_up: bool = False
    failure: Exception | None = None
    hinted: bool = False
    shown: dict[int, ShownPassage] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)

    def show(self, passage: ShownPassage) -> ShownPassage:
        """Give the passage its number: the next one, or the one it already has in this turn."""
        n = self._numbers.setdefault(passage["passage_id"], len(self._numbers) + 1)
        numbered: ShownPassage = {**passage, "n": n}
        self.shown.setdefault(n, numbered)
        return numbered

    def source(self, n: int) -> Source:
        """The passage of that number as a source."""
        passage = self.shown[n]
        return Source(
            n=n,
            title=passage["title"],
            section=passage["section"],
            location=passage["location"],
            quote=passage["text"],
            passage_id=passage["passage_id"],
            collection=passage["collection"],
        )
