"""Chat models for labs: one that runs here, many chats at a time, or one behind a server the person chose."""

from __future__ import annotations

import os
import queue
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tools.assets.model_source import ModelSource
from tools.errors import BadSettings, ToolsError

if TYPE_CHECKING:
    import torch

Chat = Sequence[dict[str, str]]  # messages: {"role": "system" | "user" | "assistant", "content": text}
OnDone = Callable[[int], None]  # how many chats are answered by now

SERVED = "openai:"


class ModelServerFailed(ToolsError):
    """The model server could not be reached, or did not answer as one."""

    title = "The model server did not answer"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered, and how many tokens it read and wrote for that."""

    text: str
    prompt_tokens: int
    reply_tokens: int


class ChatModel(Protocol):
    """Answers chats; `source` names the model."""

    source: ModelSource

    def answer(self, chats: Sequence[Chat], most_tokens: int, on_done: OnDone) -> list[Reply]:
        """One reply of at most `most_tokens` tokens for each chat, at temperature 0.

        `on_done` may raise to stop.
        """
        ...

    def check(self, chats: Sequence[Chat], most_tokens: int) -> None:
        """Raise BadSettings where a chat and its reply are longer than the model can read."""
        ...


def configured_model(wanted: str) -> str:
    """What "auto" means here: the model of TUTOR_MODEL where that is on a server, else the carried one."""
    if wanted != "auto":
        return wanted
    chosen = os.environ.get("TUTOR_MODEL", "").strip()
    return chosen if chosen.startswith(SERVED) else "smollm2"


class LocalChat:
    """A language model in this process."""

    def __init__(
        self,
        model: str,
        home: Path,
        device: torch.device,
        dtype: torch.dtype | None,
        batch_size: int,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Load it; `model` as `load_small_lm` takes it. Raises AssetUnavailable and DiskFull."""
        from tools.assets.small_lm import load_small_lm

        self._model, self._tokenizer, self.source = load_small_lm(
            model, home, device, dtype=dtype, on_progress=on_progress
        )
        self._tokenizer.padding_side = "left"  # so that all chats of a batch end at the same place
        self._batch_size = batch_size

    def answer(self, chats: Sequence[Chat], most_tokens: int, on_done: OnDone) -> list[Reply]:
        """Batches of chats of about the same length, as padding is work for nothing."""
        import torch

        prompts = [self._prompt(chat) for chat in chats]
        order = sorted(range(len(chats)), key=lambda place: len(prompts[place]))
        replies: dict[int, Reply] = {}
        for start in range(0, len(order), self._batch_size):
            places = order[start : start + self._batch_size]
            with torch.inference_mode():
                batch = self._replies([prompts[place] for place in places], most_tokens)
            replies.update(zip(places, batch, strict=True))
            on_done(len(replies))
        return [replies[place] for place in range(len(chats))]

    def check(self, chats: Sequence[Chat], most_tokens: int) -> None:
        """Raise BadSettings where a chat and its reply do not fit the context window."""
        prompts = [self._prompt(chat) for chat in chats]
        longest = max(len(ids) for ids in self._tokenizer(prompts, add_special_tokens=False)["input_ids"])
        window = getattr(self._model.config, "max_position_embeddings", None) or 2**31
        if longest + most_tokens > window:
            raise BadSettings(
                f"A prompt of {longest:,} tokens and a reply of {most_tokens:,} do not fit the context "
                f"window of {self.source.name}, which is {window:,}.",
                help="Set review_words or shots lower, or choose one of the other prompts.",
            )

    def _prompt(self, chat: Chat) -> str:
        if self._tokenizer.chat_template:
            text: str = self._tokenizer.apply_chat_template(
                list(chat), tokenize=False, add_generation_prompt=True
            )
            return text
        return "\n\n".join(each["content"] for each in chat) + "\n\n"  # a model that never learned to chat

    def _replies(self, prompts: list[str], most_tokens: int) -> list[Reply]:
        tokenizer = self._tokenizer
        # The template has written the special tokens already.
        inputs = tokenizer(prompts, return_tensors="pt", padding=True, add_special_tokens=False)
        inputs = {name: inputs[name].to(self._model.device) for name in ("input_ids", "attention_mask")}
        written = self._model.generate(
            **inputs, max_new_tokens=most_tokens, do_sample=False, pad_token_id=tokenizer.pad_token_id
        )[:, inputs["input_ids"].shape[1] :]
        ends = _ends(self._model)
        replies = []
        for read, row in zip(inputs["attention_mask"].sum(dim=1).tolist(), written.tolist(), strict=True):
            length = next((place + 1 for place, token in enumerate(row) if token in ends), len(row))
            text = tokenizer.decode(row[:length], skip_special_tokens=True).strip()
            replies.append(Reply(text, int(read), length))
        return replies


class ServedChat:
    """A model behind an OpenAI-compatible server, which gets the texts of the chats."""

    def __init__(self, model: str, parallel: int, timeout: float) -> None:
        """Read OPENAI_BASE_URL and OPENAI_API_KEY; nothing is sent yet. Raises ModelServerFailed."""
        try:
            import openai
        except ImportError as error:
            raise ModelServerFailed(
                "Asking a model server needs the package openai.", help="Run: pip install openai"
            ) from error
        self.server = os.environ.get("OPENAI_BASE_URL", "").strip() or _OPENAI
        key = os.environ.get("OPENAI_API_KEY", "").strip()
        if not key and "api.openai.com" in self.server:
            raise ModelServerFailed(
                "OpenAI's server needs a key and none is set.",
                help="Set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own, or model=smollm2.",
            )
        self.source = ModelSource(model, f"server {self.server}", note="The reviews are sent to this server.")
        self._name = model
        self._parallel = parallel
        self._timeout = timeout
        # Servers without keys still want the header.
        self._client = openai.OpenAI(
            base_url=self.server, api_key=key or "none", timeout=timeout, max_retries=2
        )

    def check(self, chats: Sequence[Chat], most_tokens: int) -> None:
        """Nothing: the server knows its window, and says so."""

    def answer(self, chats: Sequence[Chat], most_tokens: int, on_done: OnDone) -> list[Reply]:
        """Several requests at a time; the first that fails for good ends it. Raises ModelServerFailed."""
        waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
        for place in range(len(chats)):
            waiting.put(place)
        replies: dict[int, Reply] = {}
        failures: list[BaseException] = []
        stopped = threading.Event()

        def work() -> None:
            while not stopped.is_set():
                try:
                    place = waiting.get_nowait()
                except queue.Empty:
                    return
                try:
                    replies[place] = self._ask(chats[place], most_tokens)
                except Exception as error:  # told by the thread that waits
                    failures.append(error)
                    stopped.set()

        # Daemons: a run that is cancelled does not wait for a server that is silent.
        workers = [threading.Thread(target=work, daemon=True) for _ in range(min(self._parallel, len(chats)))]
        for worker in workers:
            worker.start()
        try:
            while any(worker.is_alive() for worker in workers) and not failures:
                on_done(len(replies))
                time.sleep(0.05)
        finally:
            stopped.set()
        if failures:
            raise self._explained(failures[0]) from failures[0]
        on_done(len(replies))
        return [replies[place] for place in range(len(chats))]

    def _ask(self, chat: Chat, most_tokens: int) -> Reply:
        messages: Any = list(chat)
        answer: Any = self._client.chat.completions.create(
            model=self._name, messages=messages, temperature=0, max_tokens=most_tokens
        )
        usage = answer.usage
        return Reply(
            (answer.choices[0].message.content or "").strip(),
            usage.prompt_tokens if usage else 0,
            usage.completion_tokens if usage else 0,
        )

    def _explained(self, error: BaseException) -> ModelServerFailed:
        """The failure in a sentence; the server's own words only where they say what to change."""
        import openai

        server = _redacted(self.server)
        if isinstance(error, openai.APITimeoutError):
            return ModelServerFailed(
                f"The model server at {server} did not answer within {self._timeout:g} seconds.",
                help="Try again, or set timeout higher.",
                retryable=True,
            )
        if isinstance(error, openai.APIConnectionError):
            return ModelServerFailed(
                f"The model server at {server} cannot be reached.",
                help="Check that it runs and that OPENAI_BASE_URL is right, or set model=smollm2.",
                retryable=True,
            )
        if isinstance(error, openai.APIStatusError):
            return self._explained_status(error, server)
        return ModelServerFailed(
            f"The server at {server} did not answer like an OpenAI-compatible one.",
            help="Check OPENAI_BASE_URL; it usually ends in /v1.",
        )

    def _explained_status(self, error: Any, server: str) -> ModelServerFailed:
        status = int(error.status_code)
        if status in (401, 403):
            return ModelServerFailed(
                f"The model server at {server} does not accept the key.", help="Check OPENAI_API_KEY."
            )
        if status == 404:
            return ModelServerFailed(
                f"The server at {server} has no model called {self._name}.",
                help="Set model=openai:NAME, or TUTOR_MODEL, to one that it has.",
            )
        if status == 429:
            return ModelServerFailed(
                "The model server refuses more requests for now.",
                help="Wait a little, set parallel to 1, or check the account's limits.",
                retryable=True,
            )
        if status >= 500:
            return ModelServerFailed(
                f"The model server at {server} failed (HTTP {status}).",
                help="Try again later.",
                retryable=True,
            )
        return ModelServerFailed(
            f"The model server refused the request (HTTP {status}): {_redacted(str(error.message))}",
            help="Check the model's name and its limits.",
        )


def _ends(model: Any) -> set[int]:
    ends = model.generation_config.eos_token_id
    return set(ends) if isinstance(ends, list) else {ends} if ends is not None else set()


def _redacted(text: str) -> str:
    """The text on one line, short, and without the key or anything that looks like one."""
    line = " ".join(text.split())
    if key := os.environ.get("OPENAI_API_KEY", "").strip():
        line = line.replace(key, "[key]")
    return _KEY.sub("[key]", line)[:300]


_OPENAI = "https://api.openai.com/v1"
_KEY = re.compile(r"(?i)(?:\bbearer\s+\S+|//[^/@\s]+@|\b(?:sk|pk|rk|gsk|hf|xai)[-_][\w-]{6,}|\b[\w-]{32,}\b)")
