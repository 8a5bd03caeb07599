"""The agent as a LangGraph graph: one model, one toolbox, and the middleware that keeps both honest.

Import this module late: LangChain and LangGraph cost half a second.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiosqlite
from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware, ModelRequest, ModelResponse, ToolErrorMiddleware
from langchain_core.messages import AIMessage, RemoveMessage
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.config import get_stream_writer
from langgraph.graph.message import REMOVE_ALL_MESSAGES

from knowledge.errors import KnowledgeError
from tutor.agent.history import as_shown_to_llm, repaired, shortened
from tutor.agent.toolbox import build_toolbox
from tutor.agent.turn import Turn
from tutor.database import BUSY_SECONDS
from tutor.errors import ModelError, TutorError
from tutor.settings import api_key

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

    from knowledge.library import Library
    from tutor.agent.models.guide import Guide
    from tutor.settings import Settings
    from tutor.store import Store

log = logging.getLogger(__name__)
Handler = Callable[[ModelRequest[Turn]], Awaitable[ModelResponse[Any]]]


def build_graph(
    settings: Settings, library: Library, store: Store, guide: Guide, saver: AsyncSqliteSaver
) -> Any:
    """The compiled agent; run it with a `Turn` as context and the session's name as thread_id."""
    return create_agent(
        guide,
        build_toolbox(settings, library, store),
        system_prompt=(Path(__file__).parent / "prompts" / "system.md").read_text(encoding="utf-8"),
        middleware=[TidyHistory(), ChooseModel(settings, guide), ToolErrorMiddleware(aon_error=_tool_failed)],
        context_schema=Turn,
        checkpointer=saver,
    )


class TidyHistory(AgentMiddleware[Any, Turn, Any]):
    """Before a turn: closes what a stop or a crash left open, and shortens a long session."""

    async def abefore_agent(self, state: Any, runtime: Any) -> dict[str, Any] | None:
        messages = state["messages"]
        tidy = shortened(repaired(messages))
        if [id(each) for each in tidy] == [id(each) for each in messages]:
            return None
        return {"messages": [RemoveMessage(id=REMOVE_ALL_MESSAGES), *tidy]}


class ChooseModel(AgentMiddleware[Any, Turn, Any]):
    """Lets the model of the settings write; when it fails, says why and lets the Guide take over the turn."""

    def __init__(self, settings: Settings, guide: Guide) -> None:
        super().__init__()
        self._settings = settings
        self._guide = guide
        self._model: BaseChatModel | None = None
        self._key: str | None = None

    async def awrap_model_call(self, request: ModelRequest[Turn], handler: Handler) -> ModelResponse[Any]:
        turn = request.runtime.context
        if turn.failure is not None:
            raise turn.failure
        if self._settings.model == "guide" or turn.given_up:
            turn.author = "guide"
            return await handler(request)
        turn.author = self._settings.model
        try:
            return await self._ask_model(request, handler, turn)
        except Exception as error:
            explained = await asyncio.to_thread(self._explained, error)
            if explained is None:
                raise
        turn.given_up = True
        turn.author = "guide"
        get_stream_writer()(explained)
        return await handler(request.override(model=self._guide))

    async def _ask_model(
        self, request: ModelRequest[Turn], handler: Handler, turn: Turn
    ) -> ModelResponse[Any]:
        from tutor.agent.models.openai import check_reply

        turn.model_calls += 1
        if turn.model_calls > MAX_MODEL_CALLS:
            raise ModelError(
                f"The model called tools {MAX_MODEL_CALLS} times without answering.",
                help="Ask again, or choose another model.",
            )
        model = await asyncio.to_thread(self._opened)
        response = await handler(request.override(model=model, messages=as_shown_to_llm(request.messages)))
        reply = response.result[-1]
        if isinstance(reply, AIMessage):
            check_reply(reply)
        return response

    def _opened(self) -> BaseChatModel:
        from tutor.agent.models.openai import open_model

        if self._model is None:
            self._key = api_key()
            self._model = open_model(self._settings, self._key)
        return self._model

    def _explained(self, error: Exception) -> ModelError | None:
        from tutor.agent.models.openai import explain

        return explain(error, self._settings, self._key)


async def _tool_failed(error: Exception, request: Any) -> str:
    """A failing tool ends the turn with its error; the call is answered, so that the history stays valid."""
    name = request.tool_call["name"]
    if isinstance(error, KnowledgeError | TutorError):
        request.runtime.context.failure = error
    else:
        log.error("tool %s failed", name, exc_info=error)
        request.runtime.context.failure = TutorError(
            f"The tool {name} failed unexpectedly ({type(error).__name__}).",
            help="Run tutor doctor; please report this.",
        )
    return f"{name} failed."


async def open_saver(path: Path | None) -> AsyncSqliteSaver:
    """The session memory in the database at `path`; in memory only where `path` is None."""
    connection = await aiosqlite.connect(path or ":memory:", timeout=BUSY_SECONDS)
    try:
        await connection.execute("PRAGMA synchronous = NORMAL")
        saver = AsyncSqliteSaver(connection)
        await saver.setup()
    except BaseException:
        await connection.close()
        raise
    return saver


async def forget_steps(saver: AsyncSqliteSaver, session: str) -> None:
    """Delete all but the newest checkpoint of a session, since each holds the whole history again."""
    newest = "SELECT MAX(checkpoint_id) FROM checkpoints WHERE thread_id = :session AND checkpoint_ns = ''"
    async with saver.lock:
        for table in ("checkpoints", "writes"):
            await saver.conn.execute(
                f"DELETE FROM {table} WHERE thread_id = :session AND checkpoint_id < ({newest})",
                {"session": session},
            )
        await saver.conn.commit()


async def close_turn(graph: Any, session: str, partial: str) -> None:
    """Write what came of a stopped turn into the session, so that its history is valid."""
    config = {"configurable": {"thread_id": session}}
    messages = (await graph.aget_state(config)).values.get("messages", [])
    if not messages or (isinstance(messages[-1], AIMessage) and not messages[-1].tool_calls):
        return
    stopped = AIMessage(partial.strip() or "(Stopped.)", additional_kwargs={"stopped": True})
    whole = repaired([*messages, stopped])
    await graph.aupdate_state(
        config, {"messages": [RemoveMessage(id=REMOVE_ALL_MESSAGES), *whole]}, as_node="model"
    )


async def decline_call(graph: Any, session: str) -> None:
    """Answer the calls that waited for the person, who asked something else instead."""
    config = {"configurable": {"thread_id": session}}
    messages = (await graph.aget_state(config)).values.get("messages", [])
    whole = repaired([*messages, AIMessage(_WENT_ON, additional_kwargs={"stopped": True})], _PASSED_OVER)
    await graph.aupdate_state(
        config, {"messages": [RemoveMessage(id=REMOVE_ALL_MESSAGES), *whole]}, as_node="model"
    )


MAX_MODEL_CALLS = 8
_PASSED_OVER = "The learner did not accept this proposal; nothing was started."
_WENT_ON = "(Not run.)"
