"""Beside the learner's code: a LangChain chat model with tool calling, whose answers come from the judge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool


def chat_model(ask: Any) -> ScriptedChatModel:
    """A chat model that passes each request to `ask` as a dict.

    The dict holds "messages" (each with "role", "content" and, where there are any, "tool_calls" or
    "tool_call_id"), "tools" in OpenAI's form, and the request's other "settings". `ask` returns a text, or
    a dict with "content" and "tool_calls", each call with "name", "args" and "id".
    """
    return ScriptedChatModel(ask=ask)


class ScriptedChatModel(BaseChatModel):
    """A real LangChain model in everything but the thinking."""

    ask: Any

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: Any = None, **kwargs: Any
    ) -> Runnable[Any, AIMessage]:
        """The model with tools that it may ask for."""
        chosen = {} if tool_choice is None else {"tool_choice": tool_choice}
        return self.bind(tools=[convert_to_openai_tool(each) for each in tools], **chosen, **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        tools = kwargs.pop("tools", None) or []
        kwargs.pop("ls_structured_output_format", None)
        settings = {
            name: value for name, value in kwargs.items() if isinstance(value, (str, int, float, dict))
        }
        request = {"messages": [_plain(each) for each in messages], "tools": tools, "settings": settings}
        reply = self.ask(request)
        if isinstance(reply, str):
            reply = {"content": reply}
        message = AIMessage(
            content=reply.get("content", ""),
            tool_calls=[{**each, "type": "tool_call"} for each in reply.get("tool_calls", ())],
            usage_metadata={"input_tokens": 1, "output_tokens": 1, "total_tokens": 2},
        )
        return ChatResult(generations=[ChatGeneration(message=message)])


def last_text(result: Any) -> str:
    """The text of the last message in what an agent returned; "" where there is none."""
    last = result["messages"][-1]
    content = last["content"] if isinstance(last, dict) else getattr(last, "text", None)
    return str(content() if callable(content) and not isinstance(content, str) else content)


def _plain(message: BaseMessage) -> dict[str, Any]:
    """A message as plain data."""
    plain: dict[str, Any] = {"role": _ROLES.get(message.type, message.type), "content": str(message.text)}
    if isinstance(message, AIMessage) and message.tool_calls:
        plain["tool_calls"] = [
            {"name": str(each["name"]), "args": each["args"], "id": str(each["id"])}
            for each in message.tool_calls
        ]
    if message.type == "tool":
        plain["tool_call_id"] = str(getattr(message, "tool_call_id", ""))
    return plain


_ROLES = {"human": "user", "ai": "assistant", "system": "system", "tool": "tool"}
