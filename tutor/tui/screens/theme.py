"""Choosing the colours, seeing each as it is marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

if TYPE_CHECKING:
    from tutor.tui.tutor_app import TutorApp


class ThemeScreen(ModalScreen[None]):
    """Lists the themes; moving shows one, Enter keeps it, Esc goes back to the one before."""

    HELP = """\
    ## Colours

    **↑** and **↓** show a theme, **Enter** keeps it for the next start too, **Esc** goes back to the old one.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "cancel", "Back", id="theme.cancel", tooltip="Keep the old colours")
    ]
    DEFAULT_CSS = """
    ThemeScreen {
        align: right middle;
        background: transparent;
        & > Vertical {
            width: 34; max-width: 90%; height: auto; max-height: 80%; margin: 0 2;
            border: round $border; border-title-color: $primary; border-title-style: bold;
            background: $surface;
            & > OptionList {
                border: none; background: transparent; height: auto; max-height: 100%; padding: 0;
                scrollbar-size-vertical: 1;
                &:focus { border: none; background-tint: $foreground 0%; }
            }
        }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._before = ""
        self._names: list[str] = []

    def compose(self) -> ComposeResult:
        """The names."""
        names = set(self.app.available_themes)
        ours = sorted(name for name in names if name.startswith("tutor"))
        self._names = ours + sorted(names - set(ours))
        with Vertical() as box:
            box.border_title = "Colours"
            yield OptionList(*(Option(f" {name}") for name in self._names), markup=False)

    def on_mount(self) -> None:
        """Begin with the one in force."""
        self._before = self.app.theme
        listed = self.query_one(OptionList)
        if self._before in self._names:
            listed.highlighted = self._names.index(self._before)
        listed.focus()

    @on(OptionList.OptionHighlighted)
    def preview(self, event: OptionList.OptionHighlighted) -> None:
        """Show the theme that is marked."""
        if self._before:
            self.app.theme = self._names[event.option_index]

    @on(OptionList.OptionSelected)
    def keep(self, event: OptionList.OptionSelected) -> None:
        """Keep it."""
        app: Any = self.app
        tutor: TutorApp = app
        self.dismiss(None)
        tutor.choose_theme(self._names[event.option_index])

    def action_cancel(self) -> None:
        """Back to the old colours."""
        self.app.theme = self._before
        self.dismiss(None)
