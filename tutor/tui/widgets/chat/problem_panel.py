"""A failure, calmly: what happened, what to do, and a key to try again."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from tutor.tui.plain_text import clean, title
from tutor.tui.problem import Problem
from tutor.tui.widgets.action_label import ActionLabel


class ProblemPanel(Vertical, can_focus=True):
    """Shows a problem; posts Retry when the person wants another try."""

    HELP = """\
    ## A problem

    What went wrong and what to do about it. Your question is back in the input, so nothing is lost.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "r,enter", "retry", "Try again", id="problem.retry", tooltip="Ask the same question once more"
        ),
    ]
    DEFAULT_CSS = """
    ProblemPanel {
        height: auto;
        border: round $error 60%;
        border-title-color: $text-error;
        padding: 0 1;
        margin: 0 0 1 0;
        &:focus { border: round $error; border-title-style: bold; }
        & > .help { color: $text-muted; }
        & > ActionLabel { margin-top: 1; }
    }
    """

    class Retry(Message):
        """The person wants the question asked again."""

    def __init__(self, problem: Problem, *, can_retry: bool = True) -> None:
        super().__init__()
        self.problem = problem
        self._can_retry = can_retry and problem.retryable
        self.border_title = title(problem.title)

    def compose(self) -> ComposeResult:
        """The sentence, the advice and the retry."""
        yield Static(clean(self.problem.message), markup=False)
        if self.problem.help:
            yield Static(clean(self.problem.help), markup=False, classes="help")
        if self._can_retry:
            yield ActionLabel("↻ Try again (r)", "retry")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a problem that may pass can be tried again."""
        return self._can_retry if action == "retry" else True

    def action_retry(self) -> None:
        """Ask again."""
        self.post_message(self.Retry())
