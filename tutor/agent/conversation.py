"""One session's conversation: a question goes in, events come out, and every turn is kept.

Cheap to import and to make: LangChain and LangGraph come in with the first question, or with `warm`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from tutor.agent.citations import CitationFilter
from tutor.agent.events import (
    Answer,
    Answered,
    AnswerRestarted,
    Event,
    Notice,
    Source,
    SourcesFound,
    Token,
    ToolFinished,
    ToolStarted,
    ToolUse,
)
from tutor.agent.plain_text import ControlFilter, strip_controls
from tutor.agent.turn import Turn
from tutor.database import translated
from tutor.errors import ModelError, UsageError

if TYPE_CHECKING:
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    from knowledge.library import Library
    from tutor.settings import Settings
    from tutor.store import Store

log = logging.getLogger(__name__)
LONGEST_QUESTION = 8_000
"""Characters."""


class Conversation:
    """Questions and answers of one session, over one library, with the model of the settings.

    One question at a time. Close it: the session memory has a thread of its own.
    """

    def __init__(
        self,
        settings: Settings,
        library: Library,
        store: Store,
        session: str,
        collections: Sequence[str] | None = None,
    ) -> None:
        self._settings = settings
        self._library = library
        self._store = store
        self._session = session
        chosen = (
            collections if collections is not None else [settings.collection] if settings.collection else None
        )
        self._collections = tuple(chosen) if chosen else None
        self._graph: Any = None
        self._guide: Any = None
        self._saver: AsyncSqliteSaver | None = None
        self._opening = asyncio.Lock()
        self._idle = asyncio.Event()
        self._idle.set()

    async def ask(self, question: str) -> AsyncIterator[Event]:
        """The events of one turn, the last of them Answered.

        Raises UsageError for an empty or over-long question, and TutorError or KnowledgeError where
        nothing can answer; a model that fails is a Notice, and the Guide answers instead. Cancelling
        the consumer stops the turn and keeps what came.
        """
        asked = _checked(question)
        await self._settled()
        turn = Turn(asked, self._collections)
        draft = _Draft(turn, self._settings)
        number = await asyncio.to_thread(self._store.start_turn, self._session, asked)
        state: Literal["done", "stopped", "failed"] = "failed"
        self._idle.clear()
        try:
            async for event in self._run(turn, draft):
                yield event
            answer = draft.finished()
            state = "done"
        except (asyncio.CancelledError, GeneratorExit):
            state = "stopped"
            raise
        finally:
            if state != "done":
                answer = draft.stopped()
            try:
                await asyncio.shield(self._keep(number, answer, state))
            finally:
                self._idle.set()
        yield Answered(answer)

    async def warm(self) -> None:
        """Do the heavy imports and load the encoder and the router, so that the first answer is quick."""
        await self._open()
        await asyncio.to_thread(self._guide.router.readings, "warm")

    async def close(self) -> None:
        """Close the session memory; closing twice is fine."""
        await self._settled()
        async with self._opening:
            if self._saver is not None:
                await self._saver.conn.close()
            self._saver = self._graph = None

    async def _settled(self) -> None:
        """Wait until a turn that was just walked away from has been kept; the event loop is closing it."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), 2.0)

    async def _run(self, turn: Turn, draft: _Draft) -> AsyncIterator[Event]:
        graph = await self._open()
        from langchain_core.messages import HumanMessage

        stream = graph.astream(
            {"messages": [HumanMessage(turn.question)]},
            {"configurable": {"thread_id": self._session}, "recursion_limit": MOST_STEPS},
            context=turn,
            stream_mode=["messages", "updates", "custom"],
        )
        with translated(self._store.path):
            async with contextlib.aclosing(stream) as events:
                async for mode, data in events:
                    for event in draft.take(mode, data):
                        yield event
        for event in draft.end():
            yield event

    async def _open(self) -> Any:
        async with self._opening:
            if self._graph is None:
                silence_tracing()
                await asyncio.to_thread(_import_agent)
                from tutor.agent.graph import build_graph, open_saver
                from tutor.agent.models.guide import Guide

                with translated(self._store.path):
                    saver = await open_saver(self._store.path if self._store.persistent else None)
                try:
                    self._guide = Guide(library=self._library, folder=self._settings.home)
                    self._graph = build_graph(self._settings, self._library, self._guide, saver)
                except BaseException:
                    await saver.conn.close()  # its thread would keep the process alive
                    raise
                self._saver = saver
            return self._graph

    async def _keep(self, number: int, answer: Answer, state: Literal["done", "stopped", "failed"]) -> None:
        await asyncio.to_thread(self._store.finish_turn, number, answer, state)
        if self._saver is None:
            return
        from tutor.agent.graph import close_turn, forget_steps

        with translated(self._store.path):
            if state != "done":
                await close_turn(self._graph, self._session, answer.answer)
            await forget_steps(self._saver, self._session)


@dataclass(slots=True)
class _Draft:
    """The answer as it grows out of the graph's stream."""

    turn: Turn
    settings: Settings
    began: float = field(default_factory=time.monotonic)
    text: str = ""
    cited: list[int] = field(default_factory=list)
    tools: list[ToolUse] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    _calls: dict[str, dict[str, Any]] = field(default_factory=dict)
    _citations: CitationFilter = field(default_factory=CitationFilter)
    _controls: ControlFilter = field(default_factory=ControlFilter)

    def take(self, mode: str, data: Any) -> list[Event]:
        """The events that one item of the graph's stream amounts to."""
        if mode == "custom":
            return self._model_failed(data) if isinstance(data, ModelError) else []
        if mode == "messages":
            message, metadata = data
            if metadata.get("langgraph_node") != "model" or message.type != "AIMessageChunk":
                return []
            return self._piece(message)
        events: list[Event] = []
        for node, update in data.items():
            for message in (update or {}).get("messages", ()) if node in ("model", "tools") else ():
                events += self._message(message)
        return events

    def end(self) -> list[Event]:
        """What is still held back, and the mark on an answer that no passage supports."""
        events = self._show(self._flush())
        if not self.text.strip():
            return events
        if self.turn.author != "guide" and not self.cited and not self._needs_no_source():
            ja = _is_japanese(self.turn.question)
            note = NOT_FROM_COURSE_JA if ja else NOT_FROM_COURSE
            events += self._show(f"\n\n*{note}*")
        return events

    def finished(self) -> Answer:
        guide = self.turn.author == "guide"
        answered = bool(self.notes.get("answered")) if guide else bool(self.cited) or self._needs_no_source()
        return self._answer(answered)

    def stopped(self) -> Answer:
        self._show(self._flush())
        return self._answer(False)

    def _answer(self, answered: bool) -> Answer:
        return Answer(
            query=self.turn.question,
            answer=self.text.strip(),
            answered=answered,
            sources=self._sources(),
            tools=tuple(self.tools),
            model=self.turn.author,
            seconds=time.monotonic() - self.began,
        )

    def _piece(self, message: Any) -> list[Event]:
        if self.turn.author == "guide":
            notes = message.additional_kwargs.get("guide")
            if notes:
                self.notes = notes
                self.cited = list(notes["cites"])
                return [SourcesFound(self._sources())] if self.cited else []
            # The Guide's numbers are right by construction, and its quotes must stay as they are.
            return self._show(message.text)
        if not message.text:
            return []
        self._citations.known = set(self.turn.shown)
        return self._cite(self._citations.feed(self._controls.feed(message.text)))

    def _flush(self) -> str:
        if self.turn.author == "guide":
            return ""
        self._citations.known = set(self.turn.shown)
        rest = self._citations.feed(self._controls.finish()) + self._citations.finish()
        self.cited = list(self._citations.used)
        return rest

    def _cite(self, text: str) -> list[Event]:
        events = self._show(text)
        if self._citations.used != self.cited:
            self.cited = list(self._citations.used)
            events.append(SourcesFound(self._sources()))
        return events

    def _show(self, text: str) -> list[Event]:
        if not text or (not self.text and not text.strip()):
            return []
        self.text += text
        return [Token(text)]

    def _message(self, message: Any) -> list[Event]:
        if message.type == "ai" and message.tool_calls:
            events = self._restart()  # words before a tool call are no part of the answer
            for call in message.tool_calls:
                self._calls[call["id"] or ""] = {"name": call["name"], "args": dict(call["args"])}
                events.append(ToolStarted(call["name"], dict(call["args"])))
            return events
        if message.type == "tool" and message.tool_call_id in self._calls:
            call = self._calls.pop(message.tool_call_id)
            data = message.artifact if isinstance(message.artifact, dict) else {}
            summary = data.get("summary") or strip_controls(message.text).split("\n")[0][:120]
            used = ToolUse(call["name"], call["args"], summary)
            self.tools.append(used)
            return [ToolFinished(used)]
        return []

    def _model_failed(self, error: ModelError) -> list[Event]:
        events = self._restart()
        help = f"{error.help} {GUIDE_ANSWERS}".strip()
        return [*events, Notice(error.title, str(error), help)]

    def _restart(self) -> list[Event]:
        had = bool(self.text)
        had_sources = bool(self.cited)
        self.text, self.cited = "", []
        self._citations, self._controls = CitationFilter(), ControlFilter()
        events: list[Event] = [AnswerRestarted()] if had else []
        return [*events, SourcesFound(())] if had_sources else events

    def _sources(self) -> tuple[Source, ...]:
        return tuple(self.turn.source(n) for n in self.cited if n in self.turn.shown)

    def _needs_no_source(self) -> bool:
        """Whether the question, by our own rules, asks for no facts: a greeting, the table of contents."""
        from tutor.agent.models.guide.intents import by_rule

        reading = by_rule(self.turn.question)
        return reading is not None and reading.intent in ("greeting", "thanks", "capabilities", "outline")


def silence_tracing() -> None:
    """Turn off LangSmith's tracing; where the environment asks for it, it sends questions to a server."""
    for name in ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2"):
        os.environ[name] = "false"


def _import_agent() -> None:
    import tutor.agent.graph  # noqa: F401


def _checked(question: str) -> str:
    asked = strip_controls(question).strip()
    if not asked:
        raise UsageError("The question is empty.", help="Type what you would like to know.")
    if len(asked) > LONGEST_QUESTION:
        raise UsageError(
            f"The question is {len(asked):,} characters long; the limit is {LONGEST_QUESTION:,}.",
            help="Ask it in a sentence or two, or add the text as material with: tutor ingest FILE",
        )
    return asked


def _is_japanese(text: str) -> bool:
    from knowledge.tokens import is_cjk

    return is_cjk(text)


MOST_STEPS = 60
GUIDE_ANSWERS = "The Guide answers instead."
NOT_FROM_COURSE = "Not from the course: no passage shown supports this answer."
NOT_FROM_COURSE_JA = "教材にない回答です。表示された箇所では裏付けられていません。"
