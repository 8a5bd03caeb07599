"""The Guide as a LangChain chat model: tools by rules and example phrases, answers by quoting."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from pydantic import ConfigDict, PrivateAttr

from tutor.agent.models.guide import compose, exercises, labs
from tutor.agent.models.guide.compose import Reply
from tutor.agent.models.guide.intents import Router
from tutor.agent.models.guide.phrases import say
from tutor.agent.models.guide.plan import Call, Plan, is_empty
from tutor.agent.models.guide.planning import make_plan


class Guide(BaseChatModel):
    """Answers from passages alone, quoting them verbatim with their numbers; needs no LLM and no network.

    `library` gives the encoder for messages that no rule settles; `folder` is the data folder, with
    the example phrases' vectors and the runs of labs, or None.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Any
    folder: Path | None = None
    tool_names: tuple[str, ...] = ()
    _router: Router | None = PrivateAttr(default=None)

    @property
    def _llm_type(self) -> str:
        return "guide"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:
        names = tuple(getattr(tool, "name", "") for tool in tools)
        bound = self.model_copy(update={"tool_names": names})
        bound._router = self.router  # the copy must not encode the examples again
        return bound

    @property
    def router(self) -> Router:
        """The chooser among intents, with its vectors once they are needed."""
        if self._router is None:
            self._router = Router(self.library.encode, self.folder)
        return self._router

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        whole = _joined(self._chunks(messages))
        return ChatResult(generations=[ChatGeneration(message=whole)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for message in self._chunks(messages):
            chunk = ChatGenerationChunk(message=message)
            if run_manager:
                run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        # Routing may have to encode, and composing takes milliseconds: neither belongs on the event loop.
        chunks = await asyncio.to_thread(lambda: list(self._chunks(messages)))
        for message in chunks:
            chunk = ChatGenerationChunk(message=message)
            if run_manager:
                await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk
            await asyncio.sleep(0)  # so that each piece can be shown, and a stop heard

    def _chunks(self, messages: Sequence[BaseMessage]) -> Iterator[AIMessageChunk]:
        """The reply in word-sized pieces, or the tool calls to make first."""
        turn_start = max(i for i, message in enumerate(messages) if isinstance(message, HumanMessage))
        earlier = [m for m in messages[: turn_start + 1] if not isinstance(m, SystemMessage)]
        current = messages[turn_start + 1 :]
        plan = make_plan(messages[turn_start].text, earlier, self.router, self.folder)
        results = [message for message in current if isinstance(message, ToolMessage)]
        calls = plan.next_calls([_data(result) for result in results])
        if calls:
            yield _calling(calls)
            return
        reply = _reply(plan, results)
        notes = {
            "topic": reply.topic or plan.topic,
            "want": plan.want,
            "near": (not reply.topic and plan.near)
            or next((quote.passage["passage_id"] for quote in reply.quotes), ""),
            "seen": list(dict.fromkeys([*plan.seen, *(q.passage["passage_id"] for q in reply.quotes)])),
            "cites": list(dict.fromkeys(quote.passage["n"] for quote in reply.quotes)),
            "offers": list(reply.offers),
            "answered": reply.answered,
        }
        yield AIMessageChunk(content="", additional_kwargs={"guide": notes})
        for piece in re.findall(r"\s*\S+\s*", reply.text):
            yield AIMessageChunk(content=piece)
        yield AIMessageChunk(content="", response_metadata={"finish_reason": "stop", "model_name": "guide"})


def _reply(plan: Plan, results: Sequence[ToolMessage]) -> Reply:
    """The answer that `plan` makes of what the tools brought."""
    language = plan.language
    if plan.action == "say":
        return Reply(plan.text, answered=plan.answered, offers=plan.offers)
    data = [_data(result) for result in results]
    if plan.action == "lab":
        if plan.then is not None and data and data[0].get("no_runs"):
            return _reply(plan.then, results[1:])
        return labs.reply(plan, data)
    if plan.action == "exercise":
        if plan.then is not None and data and is_empty(data[0]):
            return _reply(plan.then, results[1:])
        return exercises.reply(plan, data)
    problem = next((each["problem"] for each in data if each.get("problem")), "")
    if plan.action == "outline":
        return _outline(data, plan)
    if plan.action == "web":
        passages = [p for each in data if each.get("web") for p in each["passages"]]
        return Reply(problem, answered=False) if problem else compose.web(passages, language)
    if plan.action == "read":
        return _read(data, plan)
    return _searched(data, plan)


def _searched(data: Sequence[dict[str, Any]], plan: Plan) -> Reply:
    searches = [each for each in data if "covered" in each]
    section = [passage for each in data if "left" in each for passage in each["passages"]]
    covered = [each for each in searches if each["covered"]]
    language = plan.language
    found = [p for each in covered for p in each["passages"]]
    every = list({p["passage_id"]: p for p in [*found, *section]}.values())
    if plan.must and every:
        about = [passage for passage in every if compose.mentions(passage, plan.must)]
        if not about:
            return compose.closest(say("not_on", language, what=plan.must), plan.topic, every, language)
        found = every = about
    if plan.want and every:
        if plan.want == "more":
            return compose.more(section, found, plan.seen, language)
        if plan.want == "simpler":
            return compose.simpler(plan.topic, every, plan.seen, language)
        reply = compose.of_kind(plan.want, plan.topic, every, plan.near, plan.seen, language)
        # "What about X?" after a wish for code asks for X first of all.
        return reply if reply.answered or plan.near else compose.answer(plan.topic, every, language)
    if not covered:
        nearest = searches[0]["passages"] if searches else []
        return compose.not_covered(nearest, language)
    corrected = covered[-1].get("corrected", "")
    lead = say("corrected", language, query=corrected) if corrected not in ("", plan.text) else ""
    return compose.answer(corrected or plan.text, found, language, lead)


def _read(data: Sequence[dict[str, Any]], plan: Plan) -> Reply:
    for each in data:
        if "left" in each:
            return compose.reading(each["passages"], each["left"], plan.language)
    close: list[dict[str, str]] = next((each["close"] for each in data if each.get("close")), [])
    offers = tuple({"intent": "read", "text": each["passage_id"]} for each in close[:3])
    parts = [say("no_section", plan.language)]
    if offers:
        lines = [f"{place}. *{each['title']}*" for place, each in enumerate(close[:3], 1)]
        parts += [say("nearest", plan.language), "\n".join(lines), say("pick", plan.language)]
    return Reply("\n\n".join(parts), answered=False, offers=offers)


def _outline(data: Sequence[dict[str, Any]], plan: Plan) -> Reply:
    sections: list[dict[str, Any]] = next((each["outline"] for each in data if "outline" in each), [])
    if not sections:
        return Reply(say("empty", plan.language), answered=False)
    deepest = max(
        (level for level in (1, 2, 3) if sum(s["level"] <= level for s in sections) <= MOST_LINES), default=1
    )
    listed = [section for section in sections if section["level"] <= deepest]
    lines = [f"{'  ' * (section['level'] - 1)}- {section['title']}" for section in listed[:MOST_LINES]]
    parts = [say("outline", plan.language), "\n".join(lines)]
    if len(listed) > MOST_LINES:
        parts.append(say("outline_more", plan.language, count=len(listed) - MOST_LINES))
    return Reply("\n\n".join(parts))


def _calling(calls: Sequence[Call]) -> AIMessageChunk:
    return AIMessageChunk(
        content="",
        tool_call_chunks=[
            {
                "name": call.name,
                "args": json.dumps(call.args, ensure_ascii=False),
                "id": f"call_{uuid.uuid4().hex[:12]}",
                "index": index,
                "type": "tool_call_chunk",
            }
            for index, call in enumerate(calls)
        ],
        response_metadata={"finish_reason": "tool_calls", "model_name": "guide"},
    )


def _joined(chunks: Iterator[AIMessageChunk]) -> AIMessage:
    pieces = list(chunks)
    whole = pieces[0]
    for piece in pieces[1:]:
        whole = whole + piece
    return AIMessage(
        whole.content,
        tool_calls=whole.tool_calls,
        additional_kwargs=whole.additional_kwargs,
        response_metadata=whole.response_metadata,
    )


def _data(result: ToolMessage) -> dict[str, Any]:
    return result.artifact if isinstance(result.artifact, dict) else {}


MOST_LINES = 60
