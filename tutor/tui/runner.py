"""Runs the conversation on an event loop of its own, so that nothing it does can freeze the screen."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from textual.message import Message

from tutor.tui.messages import AnswerEnded, AnswerEvent, AnswerFailed, ProposalWaits, Warmed
from tutor.tui.problem import problem_of

if TYPE_CHECKING:
    from tutor.agent.conversation import Conversation
    from tutor.agent.events import Decision, Event

log = logging.getLogger(__name__)


class ConversationRunner:
    """Owns one conversation at a time, in a thread; reports by `post`, which must be thread-safe."""

    def __init__(self, post: Callable[[Message], object]) -> None:
        self._post = post
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="conversation", daemon=True)
        self._conversation: Conversation | None = None
        self._answer: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._is_open = asyncio.Event()
        self._is_searchable = asyncio.Event()
        self._thread.start()

    def open(self, make: Callable[[], Conversation]) -> None:
        """Replace the conversation; a turn still running is stopped first."""
        self.stop()
        self._submit(self._open(make))

    def ask(self, turn: int, question: str) -> None:
        """Begin a turn; its events carry the number `turn`."""
        self._submit(self._start(turn, lambda conversation: conversation.ask(question)))

    def decide(self, turn: int, decision: Decision) -> None:
        """Go on with the proposal that waits; a decision that cannot be leaves it waiting."""
        self._submit(self._start(turn, lambda conversation: conversation.decide(decision)))

    def explain(self, turn: int, run_id: str) -> None:
        """Begin a turn that explains a run."""
        self._submit(self._start(turn, lambda conversation: conversation.explain(run_id)))

    def searchable(self) -> None:
        """Let questions begin: the course can be searched, or never will be better than it is now."""
        self._loop.call_soon_threadsafe(self._is_searchable.set)

    def warm(self) -> None:
        """Make the conversation ready for a quick first answer."""
        self._submit(self._warm())

    def stop(self) -> None:
        """Stop the turn that is running, if one is."""
        self._loop.call_soon_threadsafe(self._cancel)

    def close(self, timeout: float = 3.0) -> bool:
        """Stop everything; False where something still ran after `timeout` seconds."""
        self.stop()
        closing = asyncio.run_coroutine_threadsafe(self._close(), self._loop)
        try:
            closing.result(timeout)
        except Exception:  # the app is leaving: what matters was stored when it happened
            log.warning("the conversation did not close in time", exc_info=True)
            return False
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _submit(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop)

    def _cancel(self) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.cancel()

    async def _open(self, make: Callable[[], Conversation]) -> None:
        async with self._one_at_a_time:
            old, self._conversation = self._conversation, None
            try:
                if old is not None:
                    await old.close()
            except Exception:
                log.warning("a conversation did not close", exc_info=True)
            self._conversation = make()
            self._is_open.set()
            await self._tell_waiting()

    async def _tell_waiting(self) -> None:
        try:
            waiting = await self._conversation.pending() if self._conversation is not None else None
        except Exception:  # a session memory that cannot be read says so with the next question
            log.warning("whether a proposal waits is not known", exc_info=True)
            return
        if waiting is not None:
            self._post(ProposalWaits(waiting))

    async def _start(self, turn: int, begin: Callable[[Conversation], AsyncGenerator[Event]]) -> None:
        self._answer = asyncio.current_task()
        try:
            # A question may be quicker than the opening of the session and the first building of the index.
            await self._is_open.wait()
            await self._is_searchable.wait()
            async with self._one_at_a_time:
                assert self._conversation is not None
                async with aclosing(begin(self._conversation)) as events:
                    async for event in events:
                        self._post(AnswerEvent(turn, event))
        except asyncio.CancelledError:
            log.info("turn %s was stopped", turn)
        except Exception as error:
            self._post(AnswerFailed(turn, problem_of(error)))
            await self._tell_waiting()
        finally:
            self._post(AnswerEnded(turn))

    async def _warm(self) -> None:
        conversation = self._conversation
        problem = None
        try:
            if conversation is not None:
                await conversation.warm()
        except Exception as error:
            problem = problem_of(error)
        self._post(Warmed(problem))

    async def _close(self) -> None:
        async with self._one_at_a_time:
            if self._conversation is not None:
                await self._conversation.close()
                self._conversation = None
        await self._loop.shutdown_default_executor()
