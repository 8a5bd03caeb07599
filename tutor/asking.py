"""Asking the agent from code that is not asynchronous."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing, closing, contextmanager
from typing import TYPE_CHECKING

from tutor.agent.events import Answer, Answered, Event
from tutor.errors import ModelError

if TYPE_CHECKING:
    from knowledge.library import Library
    from tutor.agent.conversation import Conversation
    from tutor.settings import Settings


async def whole_answer(
    conversation: Conversation, question: str, show: Callable[[Event], None] | None = None
) -> Answer:
    """Ask one question, show each event, close the conversation; raises what the agent raises."""
    try:
        async with aclosing(conversation.ask(question)) as events:
            async for event in events:
                if show is not None:
                    show(event)
                if isinstance(event, Answered):
                    return event.answer
    finally:
        await conversation.close()
    raise ModelError("The answer ended before it was whole.", help="Ask again.", retryable=True)


@contextmanager
def asking(
    settings: Settings, library: Library, collections: Sequence[str] | None = None
) -> Iterator[Callable[[str], Answer]]:
    """A function that answers one question in a conversation of its own, of which nothing is kept."""
    import asyncio

    from tutor.agent.conversation import Conversation
    from tutor.store import Store

    with closing(Store(None)) as store, asyncio.Runner() as runner:

        def answer(question: str) -> Answer:
            conversation = Conversation(settings, library, store, store.session(None), collections)
            return runner.run(whole_answer(conversation, question))

        yield answer
