"""Five prompts by which a language model rates a review, and how a class is read from each reply."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tools.assets.chat_models import Chat


@dataclass(frozen=True)
class Task:
    """What is asked for: the classes in the words of the prompts, in the order of their labels."""

    words: list[str]
    graded: bool = False

    @property
    def choice(self) -> str:
        """The classes as a choice: "negative or positive"."""
        return ", ".join(self.words[:-1]) + f" or {self.words[-1]}"

    @property
    def question(self) -> str:
        """The task in one sentence."""
        if self.graded:
            return f"How many stars does this review give: {self.choice}?"
        if set(self.words) == {"negative", "positive"}:
            return f"Is this review {self.choice}?"
        return f"Which class fits this text: {self.choice}?"

    def forms(self, form: str) -> str:
        """What an answer may look like: `form` with the word of each class in it, the first five of them."""
        return " or ".join(form.replace("WORD", word) for word in self.words[:5])


@dataclass(frozen=True)
class Prompt:
    """One way of asking: the chat for a review, the longest reply, and how a class is read from it."""

    name: str
    chat: Callable[[str], Chat]
    most_tokens: int
    parse: Callable[[str], int | None]


def make_prompts(task: Task, examples: Sequence[tuple[str, int]], thinking_tokens: int) -> list[Prompt]:
    """The five prompts; `examples` are (review, label) pairs for the few-shot one."""
    verdict = task.forms('"Final Prediction: WORD"')

    def free_text(review: str) -> Chat:
        return question(f"Review: {review}\n\n{task.question}")

    def fixed_phrase(review: str) -> Chat:
        # Small models follow a form best where the prompt ends with its beginning.
        wanted = f"Answer with {verdict} and nothing else."
        return question(f"Review: {review}\n\n{task.question} {wanted}\n\nFinal Prediction:")

    def as_json(review: str) -> Chat:
        wanted = task.forms('{"rating": "WORD"}')
        return question(
            f"Classify the review as {task.choice}. Reply with JSON only, like {wanted}.\n\nReview: {review}"
        )

    def chain_of_thought(review: str) -> Chat:
        wanted = f"Think step by step, in one or two sentences. Then end with {verdict}."
        return question(f"Review: {review}\n\n{task.question} {wanted}")

    def few_shot(review: str) -> Chat:
        # Each example is a question that was asked and answered earlier in the same chat.
        chat = [{"role": "system", "content": f"You rate texts. {task.question} Answer with one word."}]
        for text, label in examples:
            chat.append({"role": "user", "content": f"Review: {text}"})
            chat.append({"role": "assistant", "content": task.words[label]})
        return [*chat, {"role": "user", "content": f"Review: {review}"}]

    def by_word(reply: str) -> int | None:
        return parse_words(reply, task.words)

    def by_phrase(reply: str) -> int | None:
        return parse_phrase(reply, task.words)

    def by_phrase_or_its_end(reply: str) -> int | None:
        # The prompt has begun the phrase, so a reply may say just the rest of it.
        rest = reply.strip(" .\"'*\n").lower()
        whole = [label for label, word in enumerate(task.words) if rest == word.lower()]
        return whole[0] if whole else by_phrase(reply)

    return [
        Prompt("free-text", free_text, 32, by_word),
        Prompt("fixed-phrase", fixed_phrase, 16, by_phrase_or_its_end),
        Prompt("json", as_json, 24, lambda reply: parse_json(reply, task.words)),
        Prompt("chain-of-thought", chain_of_thought, thinking_tokens, by_phrase),
        Prompt("few-shot", few_shot, 8, by_word),
    ]


def question(text: str) -> Chat:
    """A chat that begins with this question."""
    return [{"role": "user", "content": text}]


# -- reading a class out of a reply: each returns a label, or None where there is no telling


def parse_words(reply: str, words: Sequence[str]) -> int | None:
    """The one class that the reply mentions; None where it mentions none, or several."""
    found = {label for label, word in enumerate(words) if re.search(_whole(word), reply, re.IGNORECASE)}
    return found.pop() if len(found) == 1 else None


def parse_phrase(reply: str, words: Sequence[str]) -> int | None:
    """The class after the last "Final Prediction:"."""
    _, phrase, verdict = reply.lower().rpartition("final prediction:")
    return parse_words(verdict.splitlines()[0], words) if phrase and verdict.strip() else None


def parse_json(reply: str, words: Sequence[str]) -> int | None:
    """The class under the key "rating" of the JSON object in the reply, fenced as Markdown or not."""
    start, end = reply.find("{"), reply.rfind("}")
    try:
        rating = json.loads(reply[start : end + 1])["rating"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return next(
        (label for label, word in enumerate(words) if str(rating).strip().lower() == word.lower()), None
    )


def _whole(word: str) -> str:
    """A pattern for a word that is not part of a longer one, nor of a number such as 4.5."""
    return rf"(?<![\w.]){re.escape(word)}(?!\w|\.\d)"
