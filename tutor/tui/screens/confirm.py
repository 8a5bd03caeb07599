"""A question with yes and no, before something is lost."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from tutor.tui.plain_text import clean


class ConfirmScreen(ModalScreen[bool]):
    """Asks, and hands back whether the answer was yes; "no" has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes", id="confirm.yes", tooltip="Do it"),
        Binding("n,escape", "answer(False)", "No", id="confirm.no", tooltip="Leave it as it is"),
        Binding(
            "left,right", "app.focus_next", "Other", show=False, id="confirm.other", tooltip="The other one"
        ),
    ]
    DEFAULT_CSS = """
    ConfirmScreen {
        align: center middle;
        background: $background 60%;
        & > Vertical {
            width: 60; max-width: 90%; height: auto;
            border: round $warning; background: $surface; padding: 1 2;
            & > Horizontal { height: auto; align-horizontal: right; margin-top: 1; }
            & Button { margin-left: 1; }
        }
    }
    """

    def __init__(self, question: str, yes: str) -> None:
        super().__init__()
        self._question = question
        self._yes = yes

    def compose(self) -> ComposeResult:
        """The question and two buttons."""
        with Vertical():
            yield Static(clean(self._question), markup=False)
            with Horizontal():
                yield Button("No (n)", id="no", compact=True)
                yield Button(f"{self._yes} (y)", id="yes", variant="warning", compact=True)

    def on_mount(self) -> None:
        """The harmless one first."""
        self.query_one("#no").focus()

    @on(Button.Pressed)
    def pressed(self, event: Button.Pressed) -> None:
        """Hand back the answer."""
        self.dismiss(event.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        """Hand back the answer."""
        self.dismiss(yes)
