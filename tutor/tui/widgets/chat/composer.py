"""The input: a question of one or many lines, or a slash command with its completion."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, TextArea
from textual.widgets.option_list import Option

from tutor.tui.commands import Command, find, matching
from tutor.tui.plain_text import clean


class QuestionInput(TextArea):
    """Where questions are written; remembers those that were asked."""

    HELP = """\
    ## The input

    Write a question and press **Enter**. **Shift+Enter** (in every terminal: **Ctrl+J**) begins a new
    line. **↑** on the first line brings back earlier questions, **↓** on the last goes forth again.
    **/** begins a command: **Tab** or Enter takes the one that is marked, Esc puts the list away.
    While an answer comes in, **Esc** stops it and keeps what came.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Send", id="input.send", show=False, tooltip="Send the question"),
        Binding(
            "shift+enter,ctrl+j,alt+enter",
            "new_line",
            "New line",
            id="input.newline",
            show=False,
            tooltip="Begin a new line in the question",
        ),
        Binding(
            "up",
            "cursor_up",
            "Earlier question",
            id="input.earlier",
            show=False,
            tooltip="On the first line: bring back an earlier question",
        ),
        Binding(
            "down",
            "cursor_down",
            "Later question",
            id="input.later",
            show=False,
            tooltip="On the last line: go forth to a later question",
        ),
        Binding(
            "end,ctrl+e",
            "cursor_line_end",
            "End",
            id="input.end",
            show=False,
            tooltip="To the end of the line; from there, to the newest words of the answer",
        ),
    ]
    DEFAULT_CSS = """
    QuestionInput {
        border: none;
        padding: 0 1;
        height: auto;
        min-height: 1;
        max-height: 8;
        background: transparent;
        scrollbar-size-vertical: 1;
        &:focus { border: none; background-tint: $foreground 0%; }
        & .text-area--cursor-line { background: transparent; }
        & .text-area--placeholder { color: $text-muted; }
    }
    """

    class Sent(Message):
        """The person pressed Enter."""

    class KeyForMenu(Message):
        """A key that belongs to the open completion list."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class EndAgain(Message):
        """End was pressed at the end of the text."""

    class NothingEarlier(Message):
        """The person went up where there is no earlier question."""

    def __init__(self) -> None:
        super().__init__(
            compact=True,
            tab_behavior="focus",
            highlight_cursor_line=False,
            placeholder=Content("Ask about machine learning, or / for commands"),
        )
        self.history_of_questions: list[str] = []
        self.menu_open = False
        self._recalled = 0
        self._draft = ""

    async def _on_key(self, event: events.Key) -> None:
        if self.menu_open and event.key in {"up", "down", "tab", "enter", "escape"}:
            event.stop()
            event.prevent_default()
            self.post_message(self.KeyForMenu(event.key))
        elif event.key == "enter":
            event.stop()
            event.prevent_default()
            self.action_send()

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        if result := self._replace_via_keyboard(clean(event.text), *self.selection):
            self.move_cursor(result.end_location)

    def remember(self, question: str) -> None:
        """Keep a question for going back to it."""
        if not self.history_of_questions or self.history_of_questions[-1] != question:
            self.history_of_questions.append(question)
        self._recalled = 0

    def put(self, text: str) -> None:
        """Replace the text, the cursor at its end."""
        self.text = text
        self.move_cursor(self.document.end)

    def action_send(self) -> None:
        """Send what is written."""
        self._recalled = 0
        self.post_message(self.Sent())

    def action_new_line(self) -> None:
        """Begin a new line."""
        self._replace_via_keyboard("\n", *self.selection)

    def action_cursor_up(self, select: bool = False) -> None:
        """Up a line; from the first, back to an earlier question."""
        if select or not self.navigator.is_first_wrapped_line(self.cursor_location):
            super().action_cursor_up(select)
        elif self._recalled < len(self.history_of_questions):
            if self._recalled == 0:
                self._draft = self.text
            self._recall(self._recalled + 1)
        else:
            self.post_message(self.NothingEarlier())

    def action_cursor_down(self, select: bool = False) -> None:
        """Down a line; from the last, forth to a later question."""
        if select or not self.navigator.is_last_wrapped_line(self.cursor_location) or not self._recalled:
            super().action_cursor_down(select)
        else:
            self._recall(self._recalled - 1)

    def action_cursor_line_end(self, select: bool = False) -> None:
        """To the end of the line; from the end of the text, to the newest words of the answer."""
        if self.cursor_at_end_of_text and not select:
            self.post_message(self.EndAgain())
        super().action_cursor_line_end(select)

    def _recall(self, back: int) -> None:
        self.put(self.history_of_questions[-back] if back else self._draft)
        self._recalled = back


class Composer(Vertical):
    """The input and the list of completions above it."""

    DEFAULT_CSS = """
    Composer {
        height: auto;
        & > #completions {
            display: none;
            height: auto;
            max-height: 9;
            text-wrap: nowrap;
            text-overflow: ellipsis;
            border: round $border-blurred;
            background: $surface;
            margin: 0 1;
            padding: 0 1;
            scrollbar-size-vertical: 1;
        }
        &.-completing > #completions { display: block; }
        & > #frame {
            height: auto;
            border: round $border-blurred;
            border-subtitle-color: $text-muted;
            background: $background;
            margin: 0 1;
            &:focus-within { border: round $border; }
        }
        &:ansi > #frame { background: ansi_default; }
    }
    """

    class Asked(Message):
        """A question was sent."""

        def __init__(self, question: str) -> None:
            super().__init__()
            self.question = question

    class Commanded(Message):
        """A command was given."""

        def __init__(self, command: Command, argument: str) -> None:
            super().__init__()
            self.command = command
            self.argument = argument

    def compose(self) -> ComposeResult:
        """The completions and the input."""
        completions = OptionList(id="completions", markup=False, compact=True)
        completions.can_focus = False
        yield completions
        with Vertical(id="frame"):
            yield QuestionInput()

    @property
    def input(self) -> QuestionInput:
        """Where the question is written."""
        return self.query_one(QuestionInput)

    @property
    def _completions(self) -> OptionList:
        return self.query_one("#completions", OptionList)

    def type_command(self, command: Command) -> None:
        """Put a command into the input, for its argument to be written."""
        self.input.focus()
        self.input.put(f"{command.slash} ")

    def close_completions(self) -> bool:
        """Put the list away; False where it was not open."""
        was_open = self.input.menu_open
        self.input.menu_open = False
        self.remove_class("-completing")
        return was_open

    @on(TextArea.Changed)
    def offer_completions(self) -> None:
        """Show what the text may become, if it is a command."""
        text = self.input.text
        offers = self._offers(text) if text.startswith("/") and "\n" not in text else []
        completions = self._completions
        completions.clear_options()
        completions.add_options([Option(prompt, id=value) for value, prompt in offers])
        self.input.menu_open = bool(offers)
        self.set_class(bool(offers), "-completing")
        # A command is taken by Enter as marked; an argument is sent as written, unless one is chosen.
        completions.highlighted = 0 if offers and " " not in text else None

    @on(QuestionInput.KeyForMenu)
    def use_completions(self, event: QuestionInput.KeyForMenu) -> None:
        """Move in the list, take what is marked, or put the list away."""
        event.stop()
        completions = self._completions
        if event.key == "up":
            completions.action_cursor_up()
        elif event.key == "down":
            completions.action_cursor_down()
        elif event.key == "escape":
            self.close_completions()
        elif event.key == "tab":
            self._take(completions.highlighted_option or completions.options[0], run=False)
        elif completions.highlighted is None:
            self.input.action_send()
        else:
            self._take(completions.highlighted_option, run=True)

    @on(OptionList.OptionSelected, "#completions")
    def take_clicked(self, event: OptionList.OptionSelected) -> None:
        """Take what was clicked."""
        event.stop()
        self._take(event.option, run=True)
        self.input.focus()

    @on(QuestionInput.Sent)
    def send(self, event: QuestionInput.Sent) -> None:
        """Send the question or the command; blanks are not sent."""
        event.stop()
        text = self.input.text.strip()
        if not text:
            return
        name, _, argument = text[1:].partition(" ")
        command = find(name) if text.startswith("/") and "\n" not in text else None
        if command is not None:
            self.post_message(self.Commanded(command, argument))
        elif text.startswith("/") and name.isalpha():
            self.app.notify(
                f"There is no command /{name}. Type / to see them all.", severity="warning", markup=False
            )
        else:
            self.post_message(self.Asked(text))

    def _offers(self, text: str) -> list[tuple[str, Content]]:
        """What may be written in place of the text, each with how it is shown."""
        name, space, typed = text[1:].partition(" ")
        screen: object = self.screen
        from tutor.tui.screens.main import MainScreen

        assert isinstance(screen, MainScreen)
        if not space:
            found = matching(screen, name)
            return [(command.slash, _prompt(command)) for command in found]
        command = find(name)
        if command is None:
            return []
        return [(f"{command.slash} {each}", Content(each)) for each in command.choices(screen, typed)]

    def _take(self, option: Option | None, *, run: bool) -> None:
        if option is None or option.id is None:
            return
        name, space, argument = option.id[1:].partition(" ")
        command = find(name)
        if command is None:
            return
        more = argument.endswith(("/", ":")) or (command.argument and not space)
        if run and not command.needed and not space:
            self.post_message(self.Commanded(command, ""))
        elif run and space and not more:
            self.post_message(self.Commanded(command, argument))
        else:
            self.input.put(option.id if space else f"{option.id} " if command.argument else option.id)


def _prompt(command: Command) -> Content:
    shown = f"{command.slash} {command.argument}".strip()
    return Content.assemble((f"{shown:<18}", "bold $accent"), (command.help, "$foreground 65%"))
