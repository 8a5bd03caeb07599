"""The sessions: open one, begin one, delete or export one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from tutor.tui.messages import SessionsListed
from tutor.tui.plain_text import one_line

if TYPE_CHECKING:
    from tutor.store import SessionInfo
    from tutor.tui.tutor_app import TutorApp


class SessionsScreen(ModalScreen[None]):
    """Lists all sessions, the one used last first."""

    HELP = """\
    ## Sessions

    Every conversation is kept. **Enter** opens the one that is marked, **n** begins a new one, **d**
    deletes it after asking, **e** writes it to a Markdown file. **Esc** goes back.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,f4", "close", "Back", id="sessions.close", tooltip="Back to the conversation"),
        Binding("n", "new", "New", id="sessions.new", tooltip="Begin a new session"),
        Binding("d,delete", "delete", "Delete", id="sessions.delete", tooltip="Delete the marked session"),
        Binding("e", "export", "Export", id="sessions.export", tooltip="Write it to a Markdown file"),
        Binding("f1", "help", "Help", id="sessions.help", tooltip="What the keys do"),
    ]
    DEFAULT_CSS = """
    SessionsScreen {
        align: center middle;
        background: $background 60%;
        & > Vertical {
            width: 80; max-width: 94%; height: auto; max-height: 80%;
            border: round $border; border-title-color: $primary; border-title-style: bold;
            background: $surface;
            & > OptionList {
                border: none; background: transparent; height: auto; max-height: 100%; padding: 0;
                scrollbar-size-vertical: 1;
                &:focus { border: none; background-tint: $foreground 0%; }
                & > .option-list--option { padding: 0 1; }
                & > .option-list--option-highlighted {
                    background: $block-cursor-blurred-background; color: $foreground; text-style: none;
                }
                &:focus > .option-list--option-highlighted {
                    background: $block-cursor-blurred-background; color: $foreground; text-style: none;
                }
            }
            & > .empty { padding: 1 2; color: $text-muted; display: none; }
        }
    }
    """

    def __init__(self, current: str) -> None:
        super().__init__()
        self._current = current
        self._sessions: tuple[SessionInfo, ...] = ()

    def compose(self) -> ComposeResult:
        """The list and the keys."""
        with Vertical() as box:
            box.border_title = "Sessions"
            yield OptionList(markup=False)
            yield Static("There is no session yet: ask something first.", classes="empty", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Read the list behind the frame."""
        self.query_one(OptionList).focus()
        self._tutor.list_sessions()

    @property
    def _tutor(self) -> TutorApp:
        app: Any = self.app
        return app  # type: ignore[no-any-return]

    @property
    def _marked(self) -> SessionInfo | None:
        index = self.query_one(OptionList).highlighted
        return self._sessions[index] if index is not None and index < len(self._sessions) else None

    @on(SessionsListed)
    def show(self, event: SessionsListed) -> None:
        """Show the sessions, the cursor staying where it was."""
        if event.problem is not None:
            self._tutor.tell_problem(event.problem)
        listed = self.query_one(OptionList)
        where = listed.highlighted or 0
        self._sessions = tuple(each for each in event.sessions if each.turns or each.name == self._current)
        listed.clear_options()
        listed.add_options([Option(_prompt(each, self._current)) for each in self._sessions])
        if self._sessions:
            listed.highlighted = min(where, len(self._sessions) - 1)
        self.query_one(".empty").display = not self._sessions

    @on(OptionList.OptionSelected)
    def open(self) -> None:
        """Open the session that was chosen."""
        if (marked := self._marked) is not None:
            self.dismiss(None)
            if marked.name != self._current:
                self._tutor.open_session(marked.name)

    def action_new(self) -> None:
        """Begin a new session."""
        self.dismiss(None)
        self._tutor.open_session(None)

    def action_delete(self) -> None:
        """Delete the marked session, once the person agrees."""
        marked = self._marked
        if marked is None:
            return
        from tutor.tui.screens.confirm import ConfirmScreen

        name = one_line(marked.title or marked.name, 80)
        asked = "1 question" if marked.turns == 1 else f"{marked.turns} questions"

        def answered(yes: bool | None) -> None:
            if yes:
                self._tutor.delete_session(marked.name)

        self.app.push_screen(ConfirmScreen(f"Delete “{name}” with its {asked} for good?", "Delete"), answered)

    def action_export(self) -> None:
        """Write the marked session to a file."""
        if (marked := self._marked) is not None:
            self._tutor.export(marked.name, None)

    def action_close(self) -> None:
        """Back to the conversation."""
        self.dismiss(None)

    def action_help(self) -> None:
        """Show the help."""
        from tutor.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self))


def _prompt(session: SessionInfo, current: str) -> Content:
    mark = ("● ", "$success") if session.name == current else ("  ", "")
    asked = "1 question" if session.turns == 1 else f"{session.turns} questions"
    when = session.updated_at[:16].replace("T", " ")
    return Content.assemble(
        mark,
        (one_line(session.title, 200) or "(nothing asked yet)", "bold"),
        "\n  ",
        (f"{one_line(session.name, 64)} · {asked} · {when}", "$foreground 60%"),
    )
