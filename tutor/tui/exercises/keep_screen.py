"""The question which text stays, where another program wrote the file under unsaved edits."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from tutor.tui.plain_text import one_line


class KeepScreen(ModalScreen[str]):
    """Hands back "mine", "theirs" or "later"; going on with the editor's text has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "answer('mine')", "Mine", id="keep.mine", tooltip="Save what the editor holds"),
        Binding("f", "answer('theirs')", "The file's", id="keep.theirs", tooltip="Read the file again"),
        Binding("escape", "answer('later')", "Later", id="keep.later", tooltip="Leave both as they are"),
        Binding(
            "left", "app.focus_previous", "Before", show=False, id="keep.before", tooltip="The one before"
        ),
        Binding("right", "app.focus_next", "Next", show=False, id="keep.next", tooltip="The next one"),
    ]
    DEFAULT_CSS = """
    KeepScreen {
        align: center middle;
        background: $background 60%;
        & > Vertical {
            width: 66; max-width: 94%; height: auto;
            border: round $warning; background: $surface; padding: 1 2;
            & > Horizontal { height: auto; align-horizontal: right; margin-top: 1; }
            & Button { margin-left: 1; }
        }
    }
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.file_name = name

    def compose(self) -> ComposeResult:
        """The question and three buttons."""
        words = (
            f"Another program changed {one_line(self.file_name, 80)} while the editor held edits "
            "that were not saved. Which text stays? The other one is kept in a file beside it."
        )
        with Vertical():
            yield Static(words, markup=False)
            with Horizontal():
                yield Button("Later (Esc)", id="later", compact=True)
                yield Button("The file's (f)", id="theirs", compact=True)
                yield Button("Mine (m)", id="mine", variant="success", compact=True)

    def on_mount(self) -> None:
        """The text in the editor first."""
        self.query_one("#mine").focus()

    @on(Button.Pressed)
    def pressed(self, event: Button.Pressed) -> None:
        """Hand back the answer."""
        self.dismiss(event.button.id)

    def action_answer(self, answer: str) -> None:
        """Hand back the answer."""
        self.dismiss(answer)
