"""The Guide's plan for one turn: the tool calls to make, and the kind of answer that follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tutor.agent.models.guide.followups import Want
from tutor.agent.models.guide.phrases import Language


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call."""

    name: str
    args: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """One turn's plan; `text` is the query, the section's name, or for "say" the whole reply.

    `must` is what passages have to be about besides; `near` the passage that a follow-up is about.
    For "lab" and "exercise", `call` is what to do and `then` the plan instead where there turns out to be
    no run, or nothing that failed; for "exercise", `text` is the kind of answer.
    """

    action: Literal["search", "read", "outline", "web", "say", "lab", "exercise"]
    language: Language
    text: str = ""
    topic: str = ""
    want: Want = ""
    must: str = ""
    near: str = ""
    seen: tuple[str, ...] = ()
    offers: tuple[dict[str, str], ...] = ()
    answered: bool = True
    call: Call | None = None
    then: Plan | None = None

    def next_calls(self, results: Sequence[dict[str, Any]]) -> list[Call]:
        """The calls to make after those that brought `results`; none where the answer can be written."""
        if self.action == "say":
            return []
        if self.action == "lab":
            if not results:
                return [self.call] if self.call else []
            return self.then.next_calls(results[1:]) if self.then and results[0].get("no_runs") else []
        if self.action == "exercise":
            brought = next(
                (each for each in results if self.call and each.get("tool") == self.call.name), None
            )
            if brought is None:
                failed = (
                    bool(results) and not results[-1]
                )  # a call that brought no data will bring none again
                return [self.call] if self.call and not failed else []
            return self.then.next_calls(results[1:]) if self.then and is_empty(brought) else []
        if self.action == "outline":
            return [] if results else [Call("course_outline", {})]
        if self.action == "web":
            return [] if any("web" in r or r.get("problem") for r in results) else [self._web()]
        if self.action == "read":
            return [] if any("left" in r or r.get("problem") for r in results) else [self._read(self.text)]
        if any("covered" in result for result in results):
            return []
        search = self._search(self.text)
        return [search, self._read(self.near)] if self.want and self.near else [search]

    def _search(self, query: str) -> Call:
        return Call("search_course", {"query": query, "k": 10})

    def _web(self) -> Call:
        return Call("web_search", {"query": self.text})

    @staticmethod
    def _read(section: str) -> Call:
        return Call("read_section", {"section": section})


def is_empty(brought: Mapping[str, Any]) -> bool:
    """Whether a tool found nothing to speak of, so that the message must have meant something else."""
    return bool(brought.get("no_runs") or brought.get("nothing") or brought.get("no_exercise"))
