"""The question on leaving while a run is at work: leave it running, stop it, or stay."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from tutor.tui.plain_text import one_line


class QuitScreen(ModalScreen[str]):
    """Hands back "leave", "stop" or "stay"; leaving the run at work has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l,ctrl+q", "answer('leave')", "Leave", id="quit.leave", tooltip="Quit; the run goes on"),
        Binding("s", "answer('stop')", "Stop it", id="quit.stop", tooltip="Cancel the run and quit"),
        Binding("escape,n", "answer('stay')", "Stay", id="quit.stay", tooltip="Do not quit"),
        Binding(
            "left", "app.focus_previous", "Before", show=False, id="quit.before", tooltip="The one before"
        ),
        Binding("right", "app.focus_next", "Next", show=False, id="quit.next", tooltip="The next one"),
    ]
    DEFAULT_CSS = """
    QuitScreen {
        align: center middle;
        background: $background 60%;
        & > Vertical {
            width: 64; max-width: 94%; height: auto;
            border: round $warning; background: $surface; padding: 1 2;
            & > Horizontal { height: auto; align-horizontal: right; margin-top: 1; }
            & Button { margin-left: 1; }
        }
    }
    """

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self._names = names

    def compose(self) -> ComposeResult:
        """The question and three buttons."""
        names = one_line(", ".join(self._names), 200)
        are, them = ("is", "it") if len(self._names) == 1 else ("are", "them")
        words = (
            f"{names} {are} still running. Tutor can be closed all the same and leave {them} at work; "
            "a run that is stopped can be resumed later."
        )
        with Vertical():
            yield Static(words, markup=False)
            with Horizontal():
                yield Button("Stay (Esc)", id="stay", compact=True)
                yield Button("Stop and quit (s)", id="stop", compact=True)
                yield Button("Leave running (l)", id="leave", variant="success", compact=True)

    def on_mount(self) -> None:
        """The harmless one first."""
        self.query_one("#leave").focus()

    @on(Button.Pressed)
    def pressed(self, event: Button.Pressed) -> None:
        """Hand back the answer."""
        self.dismiss(event.button.id)

    def action_answer(self, answer: str) -> None:
        """Hand back the answer."""
        self.dismiss(answer)
