"""What an empty conversation shows: what Tutor is, where the person was, and questions to begin with."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor.tui.plain_text import one_line
from tutor.tui.widgets.chat.home import HomeLinks, HomeRead, read_home


class Examples(OptionList):
    """Questions to begin with."""

    HELP = """\
    ## Questions to begin with

    Each is answered by the course. Choose one with ↑ and ↓ and Enter, with its number, or with the mouse.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            f"{n}",
            f"choose({n})",
            f"Question {n}",
            show=False,
            id=f"examples.{n}",
            tooltip=f"Ask example question {n}",
        )
        for n in (1, 2, 3)
    ]

    def action_cursor_up(self) -> None:
        """Up; from the first question to where the person was."""
        links = next(iter(self.screen.query(HomeLinks)), None)
        if links is not None and links.display and not self.highlighted:
            links.highlighted = links.option_count - 1
            links.focus()
        else:
            super().action_cursor_up()

    def action_choose(self, n: int) -> None:
        """Ask example `n`, counted from 1."""
        if n <= self.option_count:
            self.highlighted = n - 1
            self.action_select()


class Welcome(Vertical):
    """The conversation before its first question."""

    DEFAULT_CSS = """
    Welcome {
        height: auto;
        width: 100%;
        max-width: 76;
        padding: 1 2;
        & > .name { color: $primary; text-style: bold; }
        & > .claim { margin: 1 0; }
        & > .try { color: $text-muted; }
        & > Examples {
            border: none;
            background: transparent;
            padding: 0;
            margin: 0 0 1 0;
            min-height: 3;
            height: auto;
            &:focus { background-tint: $foreground 0%; border: none; }
        }
        & > .keys { color: $text-muted; }
    }
    """
    is_read = False

    class Chosen(Message):
        """An example was chosen."""

        def __init__(self, question: str) -> None:
            super().__init__()
            self.question = question

    def __init__(self, questions: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._questions = questions

    def compose(self) -> ComposeResult:
        """A name, a claim and a few questions."""
        yield Static(_NAME, classes="name", markup=False)
        yield Static(_CLAIM, classes="claim", markup=False)
        yield HomeLinks()
        yield Static("Begin with a question of your own, or one of these:", classes="try", markup=False)
        yield Examples(markup=False)
        yield Static(
            Content.assemble(
                ("/", "bold $accent"),
                " commands   ",
                ("F1", "bold $accent"),
                " help   ",
                ("Ctrl+P", "bold $accent"),
                " everything   ",
                ("Ctrl+Q", "bold $accent"),
                " quit",
            ),
            classes="keys",
        )

    def on_mount(self) -> None:
        """Show the questions that are known."""
        self.offer(self._questions)
        self.call_after_refresh(self.read_home)

    def read_home(self) -> None:
        """Read where the person was and what comes next, behind the frame."""
        tutor: Any = self.app
        self.run_worker(
            lambda: self.post_message(read_home(tutor)), thread=True, exit_on_error=False, group="home"
        )

    def on_home_read(self, event: HomeRead) -> None:
        """Show it."""
        event.stop()
        self.is_read = True
        for links in self.query(HomeLinks):
            links.show(event)

    def offer(self, questions: tuple[str, ...]) -> None:
        """Show these questions."""
        self._questions = questions
        for examples in self.query(Examples):  # none yet, where the app is only just opening
            examples.clear_options()
            for number, question in enumerate(questions, 1):
                prompt = Content.assemble((f" {number} ", "bold $accent"), " ", one_line(question))
                examples.add_option(Option(prompt))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Ask the question that was chosen."""
        event.stop()
        if not isinstance(event.option_list, Examples):
            return
        self.post_message(self.Chosen(self._questions[event.option_index]))


_NAME = "◆ Tutor"
_CLAIM = (
    "Ask about machine learning. Tutor answers from its course and from your own documents, and "
    "shows where each claim stands. Nothing leaves this machine unless you turn on a server or the web."
)
