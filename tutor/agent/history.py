"""Keeping a session's messages valid and small: open calls are closed, old turns shrink."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from tutor.agent.citations import strip_citations


def repaired(messages: Sequence[AnyMessage], why: str = "") -> list[AnyMessage]:
    """The same messages with every tool call answered and every question of the past followed by an answer.

    The last message may be a question; it is left open. `why` is what an open call is answered with.
    """
    fixed: list[AnyMessage] = []
    waiting: dict[str, str] = {}  # the open tool calls: id -> name

    def close_calls() -> None:
        for call_id, name in waiting.items():
            fixed.append(ToolMessage(why or _STOPPED, tool_call_id=call_id, name=name, status="error"))
        waiting.clear()

    for message in messages:
        if isinstance(message, ToolMessage):
            if waiting.pop(message.tool_call_id, None) is not None:
                fixed.append(message)
            continue
        close_calls()
        if isinstance(message, HumanMessage) and fixed and not _is_answer(fixed[-1]):
            fixed.append(AIMessage(_INTERRUPTED, additional_kwargs={"stopped": True}))
        fixed.append(message)
        if isinstance(message, AIMessage):
            waiting.update({call["id"] or "": call["name"] for call in message.tool_calls})
    close_calls()
    return fixed


def shortened(messages: Sequence[AnyMessage]) -> list[AnyMessage]:
    """The last turns only, the older of them without their tool calls; the Store keeps the full record."""
    turns = split_turns(messages)[-KEEP_TURNS:]
    kept: list[AnyMessage] = []
    for place, turn in enumerate(turns):
        recent = place >= len(turns) - KEEP_TOOLS
        kept.extend(turn if recent else [each for each in turn if _is_plain(each)])
    return kept


def as_shown_to_llm(messages: Sequence[AnyMessage], budget: int = 12_000) -> list[AnyMessage]:
    """The current turn whole, and the earlier questions and answers that fit into `budget` characters.

    Earlier passages are left out, and so are the earlier answers' citations: their numbers meant
    other passages, and what was read before has to be looked up again.
    """
    turns = split_turns(messages)
    if not turns:
        return list(messages)
    earlier: list[AnyMessage] = []
    for turn in reversed(turns[:-1]):
        plain: list[AnyMessage] = []
        for message in turn:
            if isinstance(message, HumanMessage):
                plain.append(HumanMessage(message.text))
            elif isinstance(message, AIMessage) and message.text and not message.tool_calls:
                plain.append(AIMessage(strip_citations(message.text)))
        budget -= sum(len(message.text) for message in plain)
        if budget < 0:
            break
        earlier = plain + earlier
    return [*earlier, *turns[-1]]


def split_turns(messages: Sequence[AnyMessage]) -> list[list[AnyMessage]]:
    """The messages in groups that each begin with a question."""
    turns: list[list[AnyMessage]] = []
    for message in messages:
        if isinstance(message, HumanMessage) or not turns:
            turns.append([])
        turns[-1].append(message)
    return turns


def _is_answer(message: AnyMessage) -> bool:
    return isinstance(message, AIMessage) and not message.tool_calls


def _is_plain(message: AnyMessage) -> bool:
    return not isinstance(message, ToolMessage) and not (
        isinstance(message, AIMessage) and message.tool_calls
    )


KEEP_TURNS = 30
KEEP_TOOLS = 4
_STOPPED = "This call was stopped before it came back."
_INTERRUPTED = "(This answer was interrupted.)"
