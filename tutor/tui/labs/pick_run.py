"""Choosing a run to lay beside another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor.tui.labs.rows import RunBook, RunRow
from tutor.tui.messages import Told
from tutor.tui.problem import problem_of

if TYPE_CHECKING:
    from tutor.tui.tutor_app import TutorApp


class PickRunScreen(ModalScreen[str]):
    """Lists the other runs, those of the same lab first; hands back the ID of the one chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "Back", id="pick.back", tooltip="Compare with none")
    ]
    DEFAULT_CSS = """
    PickRunScreen {
        align: center middle;
        background: $background 60%;
        & > Vertical {
            width: 64; max-width: 94%; height: auto; max-height: 80%;
            border: round $border; border-title-color: $primary; border-title-style: bold;
            background: $surface;
            & > OptionList {
                border: none; background: transparent; height: auto; max-height: 100%; padding: 0 1;
                scrollbar-size-vertical: 1;
                &:focus { background-tint: $foreground 0%; border: none; }
            }
            & > .empty { padding: 1 2; color: $text-muted; }
        }
    }
    """

    class Listed(Message):
        """The runs are read."""

        def __init__(self, rows: list[RunRow]) -> None:
            super().__init__()
            self.rows = rows

    def __init__(self, run_id: str, lab: str) -> None:
        super().__init__()
        self._run_id = run_id
        self._lab = lab

    def compose(self) -> ComposeResult:
        """The list."""
        with Vertical() as box:
            box.border_title = "Compare with"
            yield OptionList(markup=False)
            yield Static("Reading the runs …", classes="empty", markup=False)

    def on_mount(self) -> None:
        """Read behind the frame."""
        self.query_one(OptionList).focus()
        self._read()

    @work(thread=True, exit_on_error=False, group="pick-run")
    def _read(self) -> None:
        app: Any = self.app
        tutor: TutorApp = app
        try:
            rows = RunBook(tutor.settings.home).rows()
        except Exception as error:
            rows = []
            tutor.post_message(Told("", problem=problem_of(error)))
        self.post_message(self.Listed(rows))

    @on(Listed)
    def show(self, event: PickRunScreen.Listed) -> None:
        """Show the runs."""
        rows = [row for row in event.rows if row.id != self._run_id]
        rows.sort(key=lambda row: row.lab != self._lab)
        listed = self.query_one(OptionList)
        listed.add_options([Option(row.words(), id=row.id) for row in rows])
        listed.highlighted = 0 if rows else None
        empty = self.query_one(".empty", Static)
        empty.update("There is no other run yet.")
        empty.display = not rows

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Hand back the run."""
        self.dismiss(event.option.id)

    def action_back(self) -> None:
        """None."""
        self.dismiss(None)
