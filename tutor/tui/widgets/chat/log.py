"""The conversation so far, scrolling: a new answer is kept in view from its question on."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message

from tutor.tui.widgets.action_label import ActionLabel
from tutor.tui.widgets.chat.turn import TurnView
from tutor.tui.widgets.chat.welcome import Welcome


class ChatLog(VerticalScroll):
    """All turns of the session that is open."""

    HELP = """\
    ## The conversation

    Questions and answers. Numbers in brackets such as **[1]** are sources: click one to read it where
    it stands. Scroll with the arrow keys, Page Up and Page Down, or the wheel; while an answer comes in,
    scrolling up stays put and **End** goes back to the newest words. Drag with the mouse to select text,
    **Ctrl+C** copies it.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("end,G", "to_end", "Newest", id="chat.end", show=False, tooltip="Go to the newest words"),
        Binding(
            "left_square_bracket,p", "select(-1)", "Previous answer", id="chat.previous", show=False,
            tooltip="Choose the answer before this one; the sources follow",
        ),
        Binding(
            "right_square_bracket,n", "select(1)", "Next answer", id="chat.next", show=False,
            tooltip="Choose the answer after this one; the sources follow",
        ),
        Binding("c", "copy", "Copy answer", id="chat.copy", tooltip="Copy the chosen answer as Markdown"),
    ]  # fmt: skip
    DEFAULT_CSS = """
    ChatLog {
        height: 1fr;
        padding: 1 1 0 1;
        scrollbar-size-vertical: 1;
        scrollbar-color: $border-blurred;
        scrollbar-background: $background;
        background: $background;
        &.-empty { align: center middle; }
        & > .earlier { margin: 0 0 1 1; }
        &:ansi { background: ansi_default; }
    }
    """

    class Selected(Message):
        """An answer was chosen; its sources should be shown."""

        def __init__(self, turn: TurnView) -> None:
            super().__init__()
            self.turn = turn

    class Below(Message):
        """Whether there is more below what is in view has changed."""

        def __init__(self, more: bool) -> None:
            super().__init__()
            self.more = more

    class EarlierWanted(Message):
        """The person wants to see turns from before those shown."""

    def __init__(self) -> None:
        super().__init__(classes="-empty")
        self.selected: TurnView | None = None
        self._reading: TurnView | None = None
        self._wants_anchor = False
        self._more = False

    def on_mount(self) -> None:
        """Keep an eye on what comes in and on where the person scrolls."""
        self.watch(self, "virtual_size", self._grown, init=False)
        self.watch(self, "scroll_y", self._tell_below, init=False)

    @property
    def turns(self) -> list[TurnView]:
        """All turns shown, oldest first."""
        return list(self.query(TurnView))

    @property
    def answer(self) -> TurnView | None:
        """The answer that was chosen, or the newest that has any text."""
        if self.selected is not None and self.selected.is_attached:
            return self.selected
        return next((turn for turn in reversed(self.turns) if turn.answer_text.strip()), None)

    async def clear(self, questions: tuple[str, ...]) -> None:
        """Show an empty conversation with some questions to begin with."""
        self.selected = None
        await self.remove_children()
        self.set_class(True, "-empty")
        self._reading = None
        self._wants_anchor = False
        self.anchor(False)
        await self.mount(Welcome(questions))
        self.scroll_home(animate=False)

    async def add(self, turn: TurnView, *, earlier: bool = False) -> None:
        """Add a turn: at the end, or before all others."""
        if self.has_class("-empty"):
            self.remove_class("-empty")
            await self.query(Welcome).remove()
        if earlier:
            await self.mount(turn, before=self.turns[0] if self.turns else None)
            return
        await self.mount(turn)
        self.selected = None
        self._mark()
        self.follow()
        self._reading = turn

    def offer_earlier(self, count: int) -> None:
        """Say that `count` turns came before those shown; take the offer away at 0."""
        for label in self.query(".earlier"):
            label.remove()
        if count:
            words = "1 earlier question" if count == 1 else f"{count} earlier questions"
            self.mount(ActionLabel(f"↑ show {words}", "earlier", classes="earlier"), before=0)

    def follow(self) -> None:
        """Go to the end and stay there while text comes in."""
        self._reading = None
        self._wants_anchor = True
        self._grown()

    def _grown(self) -> None:
        """Follow what comes in; but once a new question is at the top of the view, leave it there."""
        overflows = self.virtual_size.height > self.container_size.height
        if not overflows and self.is_anchored:  # Textual would push a short text to the bottom
            self.anchor(False)
            self._wants_anchor = True
            self.scroll_home(animate=False, immediate=True)
        elif overflows and self._wants_anchor:
            self._wants_anchor = False
            self.anchor()
        self.call_after_refresh(self._stay_at_question)

    def _stay_at_question(self) -> None:
        turn = self._reading
        laid_out = turn is not None and turn.is_attached and turn.virtual_region.height > 0
        if turn is not None and laid_out and turn.virtual_region.y < self.scroll_offset.y:
            self._reading = None
            if not self._anchor_released:  # else the person has scrolled: leave the view to them
                self.scroll_to(y=turn.virtual_region.y, animate=False, immediate=True)
        self._tell_below()

    def _tell_below(self) -> None:
        more = self.max_scroll_y - self.scroll_offset.y > 1
        if more != self._more:
            self._more = more
            self.post_message(self.Below(more))

    def action_to_end(self) -> None:
        """Go to the newest words and follow them."""
        self.follow()

    def action_earlier(self) -> None:
        """Show earlier turns."""
        self.post_message(self.EarlierWanted())

    def action_copy(self) -> None:
        """Copy the chosen answer."""
        if self.answer is not None:
            self.answer.action_copy()

    def action_select(self, step: int) -> None:
        """Choose the next (1) or previous (-1) answer."""
        turns = self.turns
        if not turns:
            return
        current = turns.index(self.selected) if self.selected in turns else len(turns)
        turn = turns[max(0, min(current + step, len(turns) - 1))]
        self.selected = turn
        self._mark()
        self.release_anchor()
        turn.scroll_visible(top=True, animate=False)
        self.post_message(self.Selected(turn))

    def _mark(self) -> None:
        for turn in self.turns:
            turn.set_class(turn is self.selected, "-selected")
