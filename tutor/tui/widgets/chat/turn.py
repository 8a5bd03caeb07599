"""One turn of the conversation: the question, what is being done, the answer and what it rests on."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tutor.agent.events import Answer, Notice, Source
from tutor.formulas import FormulaStream, readable
from tutor.tui.plain_text import clean, one_line
from tutor.tui.problem import Problem
from tutor.tui.widgets.action_label import ActionLabel

if TYPE_CHECKING:
    from textual.widget import Widget
    from textual.widgets.markdown import MarkdownStream

    from tutor.tui.widgets.chat.markdown import CourseMarkdown

log = logging.getLogger(__name__)


class TurnView(Vertical):
    """A turn, live or from an earlier day; `number` counts turns within the app."""

    DEFAULT_CSS = """
    TurnView {
        height: auto;
        padding: 0 1;
        margin: 0 0 1 0;
        & > .question {
            border-left: outer $primary;
            background: $surface;
            color: $foreground;
            text-style: bold;
            padding: 0 1;
            margin: 0 0 1 0;
            width: 1fr;
        }
        & > .activity { color: $text-muted; margin: 0 0 1 0; }
        & > .notice {
            color: $text-warning;
            border-left: outer $warning 60%;
            padding: 0 1;
            margin: 0 0 1 0;
        }
        & > .meta {
            height: 1;
            & > * { margin-right: 2; }
            & > .facts { width: auto; color: $text-muted; }
            & > .state { width: auto; color: $text-warning; }
        }
        &.-selected > .question { border-left: outer $accent; }
        &:ansi > .question { background: ansi_default; }
    }
    """

    class SourcesWanted(Message):
        """The person wants to see the sources of this answer."""

        def __init__(self, turn: TurnView) -> None:
            super().__init__()
            self.turn = turn

    class CopyWanted(Message):
        """The person wants a copy of this answer."""

        def __init__(self, turn: TurnView) -> None:
            super().__init__()
            self.turn = turn

    class AskedAgain(Message):
        """The person wants this turn's question asked again."""

        def __init__(self, turn: TurnView) -> None:
            super().__init__()
            self.turn = turn

    def __init__(self, number: int, question: str) -> None:
        super().__init__()
        self.number = number
        self.question = question
        self.sources: tuple[Source, ...] = ()
        self.answer_text = ""
        self.finished = False
        self._markdown: CourseMarkdown | None = None
        self._stream: MarkdownStream | None = None
        self._formulas = FormulaStream()

    def compose(self) -> ComposeResult:
        """The question; the rest follows as it comes."""
        yield Static(clean(self.question), markup=False, classes="question")
        activity = Static("", markup=False, classes="activity")
        activity.display = False
        yield activity

    def show_activity(self, text: str) -> None:
        """Say what is being done for the answer; nothing for ""."""
        activity = self.query_one(".activity", Static)
        if text or activity.display:
            activity.display = bool(text)
            activity.update(one_line(text))

    async def add_text(self, text: str) -> None:
        """The next piece of the answer's Markdown."""
        self.answer_text += text
        self.show_activity("")
        shown = self._formulas.feed(clean(text))
        if shown:
            await self._write(shown)

    async def restart(self) -> None:
        """What came so far is void."""
        await self._end_stream()
        self.answer_text = ""
        self._formulas = FormulaStream()
        if self._markdown is not None:
            await self._markdown.update("")

    async def add_notice(self, notice: Notice) -> None:
        """Something the person should know, above what follows."""
        text = Content.assemble(
            (one_line(notice.title), "bold"), "  ", clean(" ".join([notice.message, notice.help]).strip())
        )
        await self.mount(Static(text, classes="notice"), before=self._markdown)

    async def add_card(self, card: Widget) -> None:
        """Something of its own below the answer: a proposal, a run."""
        self.show_activity("")
        meta = self.query(".meta")
        await self.mount(card, before=meta.first() if meta else None)

    async def finish(self, answer: Answer) -> None:
        """The answer is whole: show its last form and what it rests on."""
        self.sources = answer.sources
        await self._settle(answer.answer)
        facts = [answer.model, f"{answer.seconds:.1f} s"] if answer.model else []
        await self._mount_meta(facts, "" if answer.answered else "not covered by the material")

    async def end(self, state: str, answer: Answer | None = None) -> None:
        """The turn is over without a whole answer: "stopped", "interrupted" or "failed"."""
        if answer is not None:
            self.sources = answer.sources
        await self._settle(answer.answer if answer is not None else self.answer_text)
        await self._mount_meta([], state)

    async def fail(self, problem: Problem) -> None:
        """The turn failed; what came stays."""
        from tutor.tui.widgets.chat.problem_panel import ProblemPanel

        await self._settle(self.answer_text)
        await self.mount(ProblemPanel(problem))

    def action_sources(self) -> None:
        """Show this answer's sources."""
        self.post_message(self.SourcesWanted(self))

    def action_copy(self) -> None:
        """Copy this answer."""
        self.post_message(self.CopyWanted(self))

    def action_again(self) -> None:
        """Ask this question again."""
        self.post_message(self.AskedAgain(self))

    async def _write(self, markdown: str) -> None:
        from textual.widgets import Markdown

        if self._markdown is None:
            await self._mount_markdown()
        assert self._markdown is not None
        if self._stream is None:
            self._stream = Markdown.get_stream(self._markdown)
        await self._stream.write(markdown)

    async def _mount_markdown(self) -> None:
        from tutor.tui.widgets.chat.markdown import CourseMarkdown

        self._markdown = CourseMarkdown(classes="answer")
        await self.mount(self._markdown)

    async def _end_stream(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            await stream.stop()

    async def _settle(self, text: str) -> None:
        """Show `text` as the whole answer: only the rest of it, where it is what streamed."""
        self.finished = True
        self.show_activity("")
        rest = self._formulas.finish()
        streamed, self.answer_text = self.answer_text, text
        try:
            if rest and streamed.strip() == text.strip():
                await self._write(rest)
            await self._end_stream()
        except Exception:  # a piece that the widget could not append: it is shown anew below
            log.exception("streaming the answer failed")
            streamed = ""
        if streamed.strip() != text.strip():
            if self._markdown is None:
                await self._mount_markdown()
            assert self._markdown is not None
            await self._markdown.update(readable(clean(text)))

    async def _mount_meta(self, facts: list[str], state: str) -> None:
        parts: list[Any] = []
        if state:
            parts.append(Static(state, markup=False, classes="state"))
        if facts:
            parts.append(Static(one_line(" · ".join(facts)), markup=False, classes="facts"))
        if self.sources:
            many = "1 source" if len(self.sources) == 1 else f"{len(self.sources)} sources"
            parts.append(ActionLabel(many, "sources", tooltip="Show what this answer rests on"))
        if self.answer_text.strip():
            parts.append(ActionLabel("copy", "copy", tooltip="Copy this answer as Markdown"))
        if state in {"stopped", "interrupted", "failed"}:
            parts.append(ActionLabel("ask again", "again", tooltip="Ask this question again"))
        await self.query(".meta").remove()
        await self.mount(Horizontal(*parts, classes="meta"))
