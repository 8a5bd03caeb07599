"""Chat models behind an OpenAI-compatible server, and each of their failures in one honest sentence."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tutor.errors import ModelError

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel
    from langchain_core.messages import AIMessage

    from tutor.settings import Settings


def open_model(settings: Settings, key: str | None) -> BaseChatModel:
    """The model that `settings.model` names; ModelError where OpenAI's own server lacks its key."""
    base_url = settings.base_url or OPENAI
    if not key and "api.openai.com" in base_url:
        raise ModelError(
            "OpenAI's server needs a key and none is set.",
            title="No key",
            help="Set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own.",
        )
    from tutor.agent.models.patient import PatientChatOpenAI

    return PatientChatOpenAI(
        model=settings.model.removeprefix("openai:"),
        base_url=base_url,
        api_key=key or "none",  # type: ignore[arg-type]  # servers without keys still want the header
        timeout=settings.model_timeout,
        stream_chunk_timeout=settings.model_timeout,
        max_retries=2,
        streaming=True,
        use_responses_api=False,
    )


def check_reply(message: AIMessage) -> None:
    """Raise ModelError for a reply that came without error and is none: cut, filtered, empty."""
    reason = message.response_metadata.get("finish_reason")
    if message.invalid_tool_calls:
        raise ModelError(
            "The model called a tool with arguments that cannot be read.",
            help="Ask again, or choose another model.",
            retryable=True,
        )
    if reason is None and not message.text and not message.tool_calls:
        raise ModelError(
            "The model server sent an empty answer.",
            help="Check that the address and the model's name fit together.",
            retryable=True,
        )
    if reason is None:
        raise ModelError(
            "The model server closed the connection in the middle of the answer.",
            help="Ask again; if it keeps happening, look at the server's log.",
            retryable=True,
        )
    if reason == "length":
        raise ModelError(
            "The model's answer was cut off at its token limit.",
            help="Ask for something shorter, or raise the server's limit.",
        )
    if reason == "content_filter":
        raise ModelError(
            "The server's content filter stopped the answer.", help="Put the question differently."
        )
    if not message.text.strip() and not message.tool_calls:
        raise ModelError("The model sent an empty answer.", help="Ask again.", retryable=True)


def explain(error: Exception, settings: Settings, key: str | None) -> ModelError | None:
    """`error` as what happened and what to do, without the key; None where it is no model's error.

    The SDK's own messages are not passed on, except for the short reason of a refused request.
    """
    if isinstance(error, ModelError):
        return error
    import openai

    server = redact(settings.base_url or OPENAI, key)
    name = redact(settings.model.removeprefix("openai:"), key)
    if isinstance(error, openai.APITimeoutError | TimeoutError) or _is_transport(error, "TimeoutException"):
        return ModelError(
            f"The model server at {server} did not answer within {settings.model_timeout:g} seconds.",
            help="Ask again, or raise TUTOR_MODEL_TIMEOUT.",
            retryable=True,
        )
    if isinstance(error, openai.APIConnectionError) or _is_transport(error, "ConnectError"):
        return ModelError(
            f"The model server at {server} cannot be reached.",
            help="Check that it runs and that OPENAI_BASE_URL is right.",
            retryable=True,
        )
    if isinstance(error, openai.APIStatusError):
        return _explain_status(error, server, name, key)
    if isinstance(error, openai.APIError):
        reason = redact(str(error.message), key)
        return ModelError(
            f"The model server reported an error in the middle of the answer: {reason}",
            help="Ask again.",
            retryable=True,
        )
    if isinstance(error, ConnectionError) or _is_transport(error, "HTTPError"):
        return ModelError(
            "The connection to the model server broke in the middle of the answer.",
            help="Ask again.",
            retryable=True,
        )
    if isinstance(error, json.JSONDecodeError):
        return ModelError(
            f"The server at {server} sent a stream that is not valid JSON.",
            help="Check that OPENAI_BASE_URL is an OpenAI-compatible address.",
        )
    if isinstance(error, openai.OpenAIError | ValueError | TypeError | KeyError | AttributeError):
        return ModelError(
            f"The server at {server} did not answer like an OpenAI-compatible one.",
            help="Check OPENAI_BASE_URL; it usually ends in /v1.",
        )
    return None


def _is_transport(error: Exception, name: str) -> bool:
    """Whether it is that error of the HTTP client beneath the SDK, whichever that is (httpx or httpx2)."""
    return any(
        each.__name__ == name and each.__module__.partition(".")[0] in ("httpx", "httpx2")
        for each in type(error).__mro__
    )


def _explain_status(error: Any, server: str, name: str, key: str | None) -> ModelError:
    status = int(error.status_code)
    text = str(error.message).lower()
    if getattr(error, "code", None) == "context_length_exceeded" or _TOO_LONG.search(text):
        return ModelError(
            "The conversation is longer than the model can take.",
            help="Begin a new session, or use a model with a longer context.",
        )
    if status in (401, 403):
        return ModelError(
            f"The model server at {server} does not accept the key.",
            title="The key was refused",
            help="Check OPENAI_API_KEY or the key in the keyring.",
        )
    if status == 404:
        return ModelError(
            f"The server at {server} has no model called {name}.",
            help="Check the name with: tutor config set model openai:NAME",
        )
    if status == 429:
        return ModelError(
            "The model server refuses more requests for now.",
            help="Wait a little, or check the account's limits.",
            retryable=True,
        )
    if status >= 500:
        return ModelError(
            f"The model server at {server} failed (HTTP {status}).", help="Ask again later.", retryable=True
        )
    return ModelError(
        f"The model server refused the request (HTTP {status}): {redact(str(error.message), key)}",
        help="Check the model's name and that it can call tools.",
    )


def redact(text: str, key: str | None) -> str:
    """`text` on one line, short, and without the key or anything that looks like one."""
    line = " ".join(text.split())
    if key:
        line = line.replace(key, "[key]")
    return _KEY.sub("[key]", line)[:300]


OPENAI = "https://api.openai.com/v1"
_KEY = re.compile(r"(?i)(?:\bbearer\s+\S+|\b(?:sk|pk|rk|gsk|hf|xai)[-_][\w-]{6,}|\b[\w-]{32,}\b)")
_TOO_LONG = re.compile(r"context (?:length|window|size)|maximum context|too many tokens|prompt is too long")
