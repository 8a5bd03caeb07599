"""Beside the learner's code: a client with OpenAI's interface, whose answers come from the judge.

Requests reach the judge as plain data. Errors are OpenAI's own exceptions where the package is there.
"""

from __future__ import annotations

import builtins
import importlib
from types import SimpleNamespace
from typing import Any


def openai_client(ask: Any) -> OpenAI:
    """A client that passes each request to `ask` as a dict and answers with the text that comes back.

    The dict holds "messages" (a list of {"role", "content"}), "model" and the request's other "settings".
    """
    return OpenAI(ask)


class OpenAI:
    """The part of the real client that a request for text needs."""

    def __init__(self, ask: Any) -> None:
        create = _Creator(ask)
        self.chat = SimpleNamespace(completions=SimpleNamespace(create=create.completion))
        self.responses = SimpleNamespace(create=create.response)

    def with_options(self, **_: Any) -> OpenAI:
        """The same client: there is no connection whose options could be set."""
        return self


class ChatCompletion(SimpleNamespace):
    """What `client.chat.completions.create` returns."""


class Response(SimpleNamespace):
    """What `client.responses.create` returns."""


class _Creator:
    """Both ways to send a request."""

    def __init__(self, ask: Any) -> None:
        self._ask = ask

    def completion(self, *, messages: Any, model: str, **settings: Any) -> ChatCompletion:
        """One answer to a list of messages."""
        text = self._answer(_checked(messages), model, settings)
        message = SimpleNamespace(role="assistant", content=text, refusal=None, tool_calls=None, parsed=None)
        choice = SimpleNamespace(index=0, finish_reason="stop", message=message)
        return ChatCompletion(
            id="chatcmpl-1",
            object="chat.completion",
            created=0,
            model=model,
            choices=[choice],
            usage=_usage(messages, text),
        )

    def response(
        self, *, input: Any, model: str, instructions: str | None = None, **settings: Any
    ) -> Response:
        """One answer to a text or a list of messages."""
        messages = [{"role": "user", "content": input}] if isinstance(input, str) else list(input)
        if instructions:
            messages.insert(0, {"role": "system", "content": instructions})
        text = self._answer(_checked(messages), model, settings)
        part = SimpleNamespace(type="output_text", text=text, annotations=[])
        message = SimpleNamespace(type="message", role="assistant", content=[part], status="completed")
        return Response(id="resp-1", object="response", model=model, output=[message], output_text=text)

    def _answer(self, messages: list[dict[str, str]], model: str, settings: dict[str, Any]) -> str:
        if settings.get("stream"):
            raise TypeError("this client does not stream: leave out stream=True")
        plain = {
            name: value for name, value in settings.items() if isinstance(value, (str, int, float, bool))
        }
        return str(self._ask({"messages": messages, "model": model, "settings": plain}))


def make_error(type: str, message: str, attributes: dict[str, Any]) -> BaseException:
    """The exception that the judge asks for: OpenAI's own where there is one of that name, else like it."""
    status = attributes.get("status_code")
    error: BaseException
    if status is not None and (kind := _openai_error(type)) is not None:
        httpx = importlib.import_module("httpx")
        request = httpx.Request("POST", "https://api.openai.com/v1/chat/completions")
        error = kind(message, response=httpx.Response(status, request=request), body=None)
    else:
        error = getattr(builtins, type, RuntimeError)(message)
    for name, value in attributes.items():
        setattr(error, name, value)
    return error


def _openai_error(name: str) -> Any:
    try:
        return getattr(importlib.import_module("openai"), name, None)
    except ImportError:
        return None


def _checked(messages: Any) -> list[dict[str, str]]:
    """The messages as plain data; BadRequestError, as the server would answer, where they are none."""
    if not isinstance(messages, (list, tuple)) or not messages:
        raise _bad_request("messages must be a list with at least one message in it")
    plain = []
    for each in messages:
        if not isinstance(each, dict) or "role" not in each or "content" not in each:
            raise _bad_request('each message must be a dict with "role" and "content"')
        plain.append({"role": str(each["role"]), "content": _text(each["content"])})
    return plain


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, (list, tuple)):
        parts = [
            each["text"] for each in content if isinstance(each, dict) and isinstance(each.get("text"), str)
        ]
        if len(parts) == len(content):
            return "\n".join(parts)
    raise _bad_request("the content of a message must be a text")


def _bad_request(message: str) -> BaseException:
    return make_error("BadRequestError", f"Error code: 400 - {message}", {"status_code": 400})


def _usage(messages: Any, text: str) -> SimpleNamespace:
    """Token counts of about the right size; nobody counts tokens here."""
    read, written = len(str(messages)) // 4, len(text) // 4
    return SimpleNamespace(prompt_tokens=read, completion_tokens=written, total_tokens=read + written)
