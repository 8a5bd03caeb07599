"""Stand-ins for the conversation, the library and the course, with the shapes that these promise."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import BadInput
from knowledge.library import IngestReport, OutlineEntry, Progress, SectionView, SourceInfo
from knowledge.passages import Passage
from tutor.agent.events import (
    Answer,
    Answered,
    Event,
    LabProposed,
    Source,
    SourcesFound,
    Token,
    ToolFinished,
    ToolStarted,
    ToolUse,
)
from tutor.store import Store
from tutor.tui.widgets.chat.welcome import Welcome

SIGMOID = r"$$\sigma(z) = \frac{1}{1 + e^{-z}}$$"
ANSWER = rf"""A **linear classifier** weighs each feature and adds the products up [1]. The sum becomes a
probability by the sigmoid, where $z = w^\top x + b$:

{SIGMOID}

In code [2]:

```python
def predict(weights, features):
    # the sign of the sum decides
    total = sum(w * x for w, x in zip(weights, features))
    return "positive" if total > 0 else "negative"
```

| part | what it is |
|---|---|
| feature | a number measured on the text |
| weight | how much that number counts |

- training finds the weights
- the data says which are good [3]
"""


def source(n: int, **more: str) -> Source:
    fields = {
        "title": "What is machine learning?",
        "section": "Text classification > A linear classifier",
        "location": f"lines {n}0-{n}8",
        "quote": "A linear classifier multiplies each feature with a weight and adds the products up.",
        "passage_id": f"p{n}",
        "collection": "course",
    }
    return Source(n=n, **{**fields, **more})


SOURCES = (
    source(1),
    source(
        2,
        title="lecture-03.ipynb",
        section="Perceptron > In code",
        location="cell 12",
        quote="```python\ntotal = sum(w * x for w, x in zip(weights, features))\n```",
        collection="mine",
    ),
    source(
        3,
        section="Training > Loss",
        quote=r"The loss is $L = \frac{1}{n}\sum_i \ell_i$, the mean over the data.",
    ),
)


def answer(
    text: str = ANSWER, sources: tuple[Source, ...] = SOURCES, query: str = "q", **more: Any
) -> Answer:
    fields = {"answered": True, "tools": (), "model": "guide", "seconds": 0.8}
    return Answer(query=query, answer=text, sources=sources, **{**fields, **more})


def scripted(text: str = ANSWER, sources: tuple[Source, ...] = SOURCES) -> list[Event]:
    step = 7 if len(text) < 1_000 else 60
    pieces = [text[i : i + step] for i in range(0, len(text), step)]
    found = ToolUse("search_course", {"query": "linear classifier"}, "3 passages")
    return [
        ToolStarted("search_course", {"query": "linear classifier"}),
        ToolFinished(found),
        SourcesFound(sources),
        *(Token(piece) for piece in pieces),
        Answered(answer(text, sources)),
    ]


class ScriptedConversation:
    """Plays a list of events for each question; an exception in it is raised, a `Gate` waited for."""

    def __init__(self, script: Any, store: Store, session: str) -> None:
        self.script = script
        self.store = store
        self.session = session
        self.waiting: Any = None
        self.decided: list[Any] = []

    async def ask(self, question: str) -> Any:
        script = self.script(question) if callable(self.script) else self.script
        turn = self.store.start_turn(self.session, question)
        said: list[str] = []
        state = "stopped"
        try:
            for event in script if script is not None else scripted():
                if isinstance(event, Gate):
                    await event.wait()
                    continue
                if isinstance(event, Exception):
                    state = "failed"
                    raise event
                if isinstance(event, Token):
                    said.append(event.text)
                if isinstance(event, LabProposed):
                    self.waiting = event.proposal
                if isinstance(event, Answered):
                    self.store.finish_turn(turn, event.answer, "done")
                    state = "done"
                yield event
                await asyncio.sleep(0)
        finally:
            if state != "done":
                self.store.finish_turn(turn, answer("".join(said), (), answered=False), state)

    async def pending(self) -> Any:
        """The proposal that the last script left open, as the agent's own memory would."""
        return self.waiting

    async def decide(self, decision: Any) -> Any:
        self.decided.append(decision)
        self.waiting = None
        async for event in self.ask(f"({decision.action})"):
            yield event

    async def explain(self, run_id: str) -> Any:
        async for event in self.ask(f"Explain the run {run_id}"):
            yield event

    async def warm(self) -> None:
        return None

    async def close(self) -> None:
        return None


class Gate:
    """A place where a script waits until the test opens it."""

    def __init__(self) -> None:
        self._open = threading.Event()

    def open(self) -> None:
        self._open.set()

    async def wait(self) -> None:
        while not self._open.is_set():
            await asyncio.sleep(0.005)


@dataclass(frozen=True)
class Section:
    id: str
    title: str
    asks: tuple[str, ...]


@dataclass(frozen=True)
class Lesson:
    number: int
    title: str
    sections: tuple[Section, ...]


class PlaygroundCourse:
    def __init__(self, lessons: list[Lesson]) -> None:
        self._lessons = lessons

    def outline(self) -> list[Lesson]:
        return self._lessons

    def read_section(self, section_id: str) -> str:
        return f"# {section_id}\n\nThe text of the section, with $x_i$ and `code`.\n\n" + "More of it. " * 60


COURSE = PlaygroundCourse(
    [
        Lesson(
            1,
            "What is machine learning?",
            (
                Section("what-is-ml", "Learning from data", ("What is machine learning?",)),
                Section(
                    "kinds", "Kinds of learning", ("How do supervised and self-supervised learning differ?",)
                ),
                Section("llms", "How LLMs are trained", ("How are large language models trained?",)),
                Section("linear", "A linear classifier", ("How does a linear classifier decide?",)),
            ),
        ),
        Lesson(2, "Neural networks", (Section("neurons", "Neurons", ()), Section("layers", "Layers", ()))),
    ]
)


def passage(text: str, ordinal: int, **more: Any) -> Passage:
    fields: dict[str, Any] = {
        "source": "/notes/lecture.md",
        "title": "What is machine learning?",
        "headings": ("Text classification", "A linear classifier"),
        "location": f"lines {ordinal}0-{ordinal}8",
        "kind": "prose",
        "language": "en",
    }
    return Passage(text=text, ordinal=ordinal, **{**fields, **more})


class PlaygroundLibrary:
    """A library of one section with many passages; `p1`, `p2` ... are their ids."""

    def __init__(self, title: str = "What is machine learning?", progress: tuple[Progress, ...] = ()) -> None:
        self.title = title
        self.progress = progress
        self.gate: Any = None
        self.ingested: list[Path] = []

    def prepare(self, progress: Callable[[Progress], None] | None = None, cancel: Any = None) -> list[str]:
        for each in self.progress:
            if progress:
                progress(each)
        if self.gate is not None:
            self.gate.wait(20)
        return []

    def read(self, passage_id: str) -> SectionView:
        if not passage_id.startswith("p"):
            raise BadInput("That passage is no longer indexed.", help="Ask again.")
        texts = [
            f"Passage {n}. "
            + ("A linear classifier multiplies each feature with a weight and adds the products up. " * 3)
            + rf"Here $w_{n}^2$ counts."
            for n in range(1, 13)
        ]
        pairs = tuple((f"p{n}", passage(text, n)) for n, text in enumerate(texts, 1))
        return SectionView(
            self.title, ("Text classification", "A linear classifier"), "lines 10-128", "course", pairs
        )

    def sources(self) -> list[SourceInfo]:
        info = SourceInfo(
            "/notes/lecture.md", "/notes/lecture.md", self.title, "mine", "markdown", 3, "2026-11-21"
        )
        return [info]

    def outline(self, collection: str) -> list[OutlineEntry]:
        return [
            OutlineEntry(self.title, 0, "p1", collection),
            OutlineEntry("Text classification", 1, "p2", collection),
            OutlineEntry("A linear classifier", 2, "p3", collection),
        ]

    def ingest(
        self, paths: Any, collection: str = "mine", progress: Any = None, cancel: Any = None
    ) -> IngestReport:
        self.ingested.extend(paths)
        if progress:
            progress(Progress("Reading", 1, 2, "notes.md"))
        return IngestReport(1, 3, 3, 0, 0, (), 0.1)

    def close(self) -> None:
        return None


async def until(pilot: Any, condition: Callable[[], Any], seconds: float = 10.0) -> None:
    """Wait for what the app is about to do; fails where it does not come."""
    for _ in range(int(seconds / 0.02)):
        await pilot.pause(0.02)
        if condition():
            await pilot.pause()
            return
    raise AssertionError("the app did not come to that state in time:\n" + screen_text(pilot.app))


async def ready(pilot: Any) -> Any:
    """The app with its course shown, the model warm, and the home screen read."""
    app = pilot.app
    await until(pilot, lambda: bool(app.main.course.places) and app.session)
    await until(pilot, lambda: "ready" in shown(app.main.status))
    await until(pilot, lambda: all(each.is_read for each in app.main.query(Welcome)))
    return app


async def ask(pilot: Any, question: str = "How does a linear classifier decide?") -> Any:
    """Ask and wait for the whole answer."""
    app = pilot.app
    before = len(app.main.chat.log_view.turns)
    app.main.composer.input.put(question)
    await pilot.press("enter")
    await until(pilot, lambda: len(app.main.chat.log_view.turns) > before and not app.main.chat.is_answering)
    await until(pilot, lambda: bool(app.main.chat.log_view.turns[-1].query(".meta, ProblemPanel")))
    return app.main.chat.log_view.turns[-1]


def shown(widget: Any) -> str:
    """The text that a widget and those in it show, on the screen it belongs to."""
    region = widget.region
    lines = widget.screen._compositor.render_strips()
    return "\n".join(line.text[region.x : region.right] for line in lines[region.y : region.bottom])


def screen_text(app: Any) -> str:
    """All that is on the screen."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())
