"""A lab's source, read in the app: the lab is teaching code."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, Static

from tutor.tui.plain_text import clean, one_line
from tutor.tui.problem import Problem, problem_of
from tutor.tui.widgets.chat.markdown import CourseMarkdown
from tutor.tui.widgets.chat.problem_panel import ProblemPanel


class SourceScreen(Screen[None]):
    """Shows the files of one lab, the lab itself first."""

    HELP = """\
    ## A lab's source

    The file that runs, top to bottom, then the files it takes its models from. **Esc** goes back.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,s", "back", "Back", id="source.back", tooltip="Back to the labs"),
        Binding("c", "copy", "Copy", id="source.copy", tooltip="Copy the source"),
    ]
    DEFAULT_CSS = """
    SourceScreen {
        background: $background;
        & > .title { color: $primary; text-style: bold; padding: 1 2 0 2; }
        & > VerticalScroll { padding: 1 2; scrollbar-size-vertical: 1; }
    }
    """

    class Read(Message):
        """The files are read: (path, text) each."""

        def __init__(self, files: list[tuple[str, str]], problem: Problem | None = None) -> None:
            super().__init__()
            self.files = files
            self.problem = problem

    def __init__(self, lab: str) -> None:
        super().__init__()
        self._lab = lab
        self._files: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        """The title and the text."""
        yield Static(one_line(self._lab), classes="title", markup=False)
        yield VerticalScroll()
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Read behind the frame."""
        self.query_one(VerticalScroll).focus()
        self._read()

    @work(thread=True, exit_on_error=False, group="lab-source")
    def _read(self) -> None:
        try:
            from tools.labs import find_lab, lab_source

            self.post_message(self.Read(lab_source(find_lab(self._lab))))
        except Exception as error:
            self.post_message(self.Read([], problem_of(error)))

    @on(Read)
    async def show(self, event: SourceScreen.Read) -> None:
        """Show the files."""
        self._files = event.files
        page = self.query_one(VerticalScroll)
        if event.problem is not None:
            await page.mount(ProblemPanel(event.problem, can_retry=False))
            return
        for path, text in event.files:
            await page.mount(CourseMarkdown(f"### tools/labs/{path}\n\n````python\n{clean(text)}\n````"))

    def action_copy(self) -> None:
        """Copy the lab's own file."""
        if self._files:
            self.app.copy_to_clipboard(self._files[0][1])
            self.notify("The source is copied.")

    def action_back(self) -> None:
        """Back."""
        self.dismiss(None)
