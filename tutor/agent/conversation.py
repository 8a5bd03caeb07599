"""One session's conversation: a question goes in, events come out, and every turn is kept.

Cheap to import and to make: LangChain and LangGraph come in with the first question, or with `warm`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

from tutor.agent.draft import Draft, proposal_of
from tutor.agent.events import Answer, Answered, Decision, Event, Proposal
from tutor.agent.plain_text import strip_controls
from tutor.agent.turn import Turn
from tutor.database import translated
from tutor.errors import UsageError

if TYPE_CHECKING:
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    from knowledge.library import Library
    from tutor.settings import Settings
    from tutor.store import Store

log = logging.getLogger(__name__)
LONGEST_QUESTION = 8_000
"""Characters."""
LONGEST_WITH_CODE = 24_000
"""Characters of a message with a solution to an exercise in it."""


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

    async def ask(self, question: str) -> AsyncGenerator[Event]:
        """The events of one turn, the last of them Answered.

        While a proposal waits, "yes" and "no" decide it, and any other question declines it. Raises
        UsageError for an empty or over-long question, and TutorError or KnowledgeError where nothing
        can answer; a model that fails is a Notice, and the Guide answers instead. Cancelling the
        consumer stops the turn and keeps what came.
        """
        asked = _checked(question)
        await self._settled()
        waiting = await self.pending()
        if waiting is not None:
            from tutor.agent.labs.requests import decision_in

            action = decision_in(asked)
            if action:
                async with contextlib.aclosing(self._decided(waiting, Decision(action), asked)) as events:
                    async for event in events:
                        yield event
                return
            await self._drop_proposal()
        from langchain_core.messages import HumanMessage

        given = {"messages": [HumanMessage(asked)]}
        async with contextlib.aclosing(
            self._turn(asked, given, Draft(Turn(asked, self._collections), asked))
        ) as events:
            async for event in events:
                yield event

    async def pending(self) -> Proposal | None:
        """The proposal that waits for the person's word, from whichever day; None where none does."""
        if self._graph is None and not await asyncio.to_thread(self._store.is_interrupted, self._session):
            return None  # the graph, half a second of imports, is not needed to know
        state = await self._state()
        return proposal_of(state.interrupts[0]) if state.interrupts else None

    async def decide(self, decision: Decision) -> AsyncGenerator[Event]:
        """Go on with what waits for a decision: the events of a turn, the last of them Answered.

        Raises UsageError where nothing waits or where the proposal cannot be run as it is, and
        ToolsError for an edit that the lab does not take; the proposal then goes on waiting.
        """
        await self._settled()
        waiting = await self.pending()
        if waiting is None:
            raise UsageError("No proposal waits for a decision.", help="Ask for a lab to be run first.")
        async with contextlib.aclosing(self._decided(waiting, decision, "")) as events:
            async for event in events:
                yield event

    async def explain(self, run_id: str) -> AsyncGenerator[Event]:
        """Explain a run by its figures and the course: a turn of its own.

        Raises UsageError while a proposal waits, since explaining must not decline it.
        """
        if await self.pending() is not None:
            raise UsageError("A proposal waits for your word.", help="Accept or decline it first.")
        async with contextlib.aclosing(self.ask(f"Explain the run {run_id}")) as events:
            async for event in events:
                yield event

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

    async def _decided(self, waiting: Proposal, decision: Decision, said: str) -> AsyncGenerator[Event]:
        """The turn that begins with a decision; `said` is the person's own way of putting it, or ""."""
        from tutor.agent.labs.deciding import checked_decision, words_of

        checked = await asyncio.to_thread(checked_decision, self._settings.home, waiting, decision)
        messages = (await self._state()).values.get("messages", [])
        first = next((each.text for each in reversed(messages) if each.type == "human"), "")
        asked = said or words_of(checked, first)
        draft = Draft(Turn(first or asked, self._collections), asked)
        draft.resume(messages)
        from langgraph.types import Command

        resume: Command[Any] = Command(resume={waiting.id: asdict(checked)})
        async with contextlib.aclosing(self._turn(asked, resume, draft)) as events:
            async for event in events:
                yield event

    async def _turn(self, asked: str, given: Any, draft: Draft) -> AsyncGenerator[Event]:
        """Run the graph on `given` and keep what came of it under the question `asked`."""
        number = await asyncio.to_thread(self._store.start_turn, self._session, asked)
        state: Literal["done", "stopped", "failed"] = "failed"
        self._idle.clear()
        try:
            async for event in self._run(given, draft):
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

    async def _run(self, given: Any, draft: Draft) -> AsyncIterator[Event]:
        graph = await self._open()
        stream = graph.astream(
            given,
            {**self._config(), "recursion_limit": MOST_STEPS},
            context=draft.turn,
            stream_mode=["messages", "updates", "custom"],
        )
        with translated(self._store.path):
            async with contextlib.aclosing(stream) as events:
                async for mode, data in events:
                    for event in draft.take(mode, data):
                        yield event
        for event in draft.end():
            yield event

    def _config(self) -> dict[str, Any]:
        return {"configurable": {"thread_id": self._session}}

    async def _state(self) -> Any:
        graph = await self._open()
        with translated(self._store.path):
            return await graph.aget_state(self._config())

    async def _drop_proposal(self) -> None:
        """Close the call that waited, so that the history is valid and says that the person went on."""
        from tutor.agent.graph import decline_call, forget_steps

        with translated(self._store.path):
            await decline_call(self._graph, self._session)
            assert self._saver is not None
            await forget_steps(self._saver, self._session)

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
                    self._graph = build_graph(self._settings, self._library, self._store, self._guide, saver)
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
    if len(asked) > LONGEST_QUESTION and not _is_code(asked):
        raise UsageError(
            f"The question is {len(asked):,} characters long; the limit is {LONGEST_QUESTION:,}.",
            help="Ask it in a sentence or two, or add the text as material with: tutor ingest FILE",
        )
    return asked


def _is_code(asked: str) -> bool:
    """Whether a long message is code to be checked, and not too long for that."""
    from tutor.agent.exercises.code import split_code

    if len(asked) > LONGEST_WITH_CODE:
        return False
    pasted = split_code(asked)
    return bool(pasted.code) and len(pasted.prose) <= LONGEST_QUESTION


MOST_STEPS = 60
