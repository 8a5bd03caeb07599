"""The answer as it grows: the graph's stream turned into events, and what is kept of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from knowledge.tokens import is_cjk
from tutor.agent.citations import CitationFilter
from tutor.agent.events import (
    Answer,
    AnswerRestarted,
    Event,
    LabProposed,
    LabStarted,
    Notice,
    Proposal,
    Source,
    SourcesFound,
    Token,
    ToolFinished,
    ToolStarted,
    ToolUse,
)
from tutor.agent.labs.words import Language, tell
from tutor.agent.plain_text import ControlFilter, strip_controls
from tutor.agent.turn import Turn
from tutor.errors import ModelError


@dataclass(slots=True)
class Draft:
    """The answer to `asked` as it grows out of the graph's stream."""

    turn: Turn
    asked: str
    proposal: Proposal | None = None
    began: float = field(default_factory=time.monotonic)
    text: str = ""
    cited: list[int] = field(default_factory=list)
    tools: list[ToolUse] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    _figures: bool = False
    _verdicts: dict[str, str] = field(default_factory=dict)
    _calls: dict[str, dict[str, Any]] = field(default_factory=dict)
    _citations: CitationFilter = field(default_factory=CitationFilter)
    _controls: ControlFilter = field(default_factory=ControlFilter)

    def resume(self, messages: Sequence[Any]) -> None:
        """Take up the open tool calls and the passages of a turn that was interrupted."""
        started = max((i for i, each in enumerate(messages) if each.type == "human"), default=0)
        for message in messages[started:]:
            if message.type == "ai":
                for call in message.tool_calls:
                    self._calls[call["id"] or ""] = {"name": call["name"], "args": dict(call["args"])}
            elif message.type == "tool":
                self._calls.pop(message.tool_call_id, None)
                data = message.artifact if isinstance(message.artifact, dict) else {}
                for passage in data.get("passages", ()):
                    self.turn.show(passage)

    def take(self, mode: str, data: Any) -> list[Event]:
        """The events that one item of the graph's stream amounts to."""
        if mode == "custom":
            return self._model_failed(data) if isinstance(data, ModelError) else []
        if mode == "messages":
            message, metadata = data
            if metadata.get("langgraph_node") != "model" or message.type != "AIMessageChunk":
                return []
            return self._piece(message)
        events: list[Event] = []
        for node, update in data.items():
            if node == "__interrupt__":
                events += self._interrupted(update)
                continue
            for message in (update or {}).get("messages", ()) if node in ("model", "tools") else ():
                events += self._message(message)
        return events

    def end(self) -> list[Event]:
        """What is still held back, and the mark on an answer that no passage supports."""
        events = self._show(self._flush())
        if self.turn.author != "guide":
            # Whatever a model makes of a check, or was talked into, the check's own verdict stands below.
            for line in self._verdicts.values():
                events += self._show(f"\n\n{line}")
        if not self.text.strip():
            return events
        if self.proposal is None and self.turn.author != "guide" and not self._is_supported():
            note = NOT_FROM_COURSE_JA if is_cjk(self.turn.question) else NOT_FROM_COURSE
            events += self._show(f"\n\n*{note}*")
        return events

    def finished(self) -> Answer:
        guide = self.turn.author == "guide"
        answered = bool(self.notes.get("answered")) if guide else self._is_supported()
        return self._answer(answered or self.proposal is not None)

    def stopped(self) -> Answer:
        self._show(self._flush())
        return self._answer(False)

    def _answer(self, answered: bool) -> Answer:
        return Answer(
            query=self.asked,
            answer=self.text.strip(),
            answered=answered,
            sources=self._sources(),
            tools=tuple(self.tools),
            model=self.turn.author,
            seconds=time.monotonic() - self.began,
        )

    def _piece(self, message: Any) -> list[Event]:
        if self.turn.author == "guide":
            notes = message.additional_kwargs.get("guide")
            if notes:
                self.notes = notes
                self.cited = list(notes["cites"])
                return [SourcesFound(self._sources())] if self.cited else []
            # The Guide's numbers are right by construction, and its quotes must stay as they are.
            return self._show(message.text)
        if not message.text:
            return []
        self._citations.known = set(self.turn.shown)
        return self._cite(self._citations.feed(self._controls.feed(message.text)))

    def _flush(self) -> str:
        if self.turn.author == "guide":
            return ""
        self._citations.known = set(self.turn.shown)
        rest = self._citations.feed(self._controls.finish()) + self._citations.finish()
        self.cited = list(self._citations.used)
        return rest

    def _cite(self, text: str) -> list[Event]:
        events = self._show(text)
        if self._citations.used != self.cited:
            self.cited = list(self._citations.used)
            events.append(SourcesFound(self._sources()))
        return events

    def _show(self, text: str) -> list[Event]:
        if not text or (not self.text and not text.strip()):
            return []
        self.text += text
        return [Token(text)]

    def _message(self, message: Any) -> list[Event]:
        if message.type == "ai" and message.tool_calls:
            events = self._restart()  # words before a tool call are no part of the answer
            for call in message.tool_calls:
                self._calls[call["id"] or ""] = {"name": call["name"], "args": dict(call["args"])}
                events.append(ToolStarted(call["name"], dict(call["args"])))
            return events
        if message.type == "tool" and message.tool_call_id in self._calls:
            call = self._calls.pop(message.tool_call_id)
            data = message.artifact if isinstance(message.artifact, dict) else {}
            summary = data.get("summary") or strip_controls(message.text).split("\n")[0][:120]
            used = ToolUse(call["name"], call["args"], summary)
            self.tools.append(used)
            self._figures = self._figures or (call["name"] in FACT_TOOLS and "problem" not in data)
            if data.get("verdict_line"):
                self._verdicts[data["exercise"]] = data["verdict_line"]
            started = [LabStarted(data["started"], data["lab"])] if data.get("started") else []
            return [ToolFinished(used), *started]
        return []

    def _interrupted(self, interrupts: Sequence[Any]) -> list[Event]:
        """The proposal that the graph now waits on, in words as well, so that the history has them."""
        self.proposal = proposal_of(interrupts[0])
        for call in self._calls.values():
            if call["name"] == "run_lab":
                self.tools.append(ToolUse("run_lab", call["args"], WAITS))
        language: Language = "ja" if is_cjk(self.turn.question) else "en"
        question = "" if self.proposal.refused else f"\n\n{tell('shall_i', language)}"
        said = self._restart() + self._show(f"{self.proposal.sentence}{question}")
        return [*said, LabProposed(self.proposal)]

    def _model_failed(self, error: ModelError) -> list[Event]:
        events = self._restart()
        help = f"{error.help} {GUIDE_ANSWERS}".strip()
        return [*events, Notice(error.title, str(error), help)]

    def _restart(self) -> list[Event]:
        had = bool(self.text)
        had_sources = bool(self.cited)
        self.text, self.cited = "", []
        self._citations, self._controls = CitationFilter(), ControlFilter()
        events: list[Event] = [AnswerRestarted()] if had else []
        return [*events, SourcesFound(())] if had_sources else events

    def _sources(self) -> tuple[Source, ...]:
        return tuple(self.turn.source(n) for n in self.cited if n in self.turn.shown)

    def _is_supported(self) -> bool:
        """Whether something stands behind the answer: a passage, figures, a check; or nothing has to."""
        return bool(self.cited) or self._figures or self._needs_no_source()

    def _needs_no_source(self) -> bool:
        """Whether the question, by our own rules, asks for no facts: a greeting, the table of contents."""
        from tutor.agent.models.guide.intents import by_rule

        reading = by_rule(self.turn.question)
        return reading is not None and reading.intent in ("greeting", "thanks", "capabilities", "outline")


def proposal_of(interrupted: Any) -> Proposal:
    """The proposal that an interrupt of the graph carries; its id is the interrupt's."""
    value = dict(interrupted.value)
    return Proposal(id=interrupted.id, **{**value, "changed": tuple(value["changed"])})


FACT_TOOLS = frozenset(
    (
        *("list_labs", "propose_lab", "run_lab", "lab_status", "compare_runs", "explain_result"),
        *("list_exercises", "start_exercise", "check_solution", "get_hint", "explain_failure"),
    )
)
"""Tools whose results can support an answer without a passage of the course."""
WAITS = "waits for a decision"
GUIDE_ANSWERS = "The Guide answers instead."
NOT_FROM_COURSE = "Not from the course: no passage shown supports this answer."
NOT_FROM_COURSE_JA = "教材にない回答です。表示された箇所では裏付けられていません。"
