"""The task, and below it what came since: hints, the explanation, the solution."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tools.exercises.catalog import Exercise
from tutor.exercises.ladder import Hint
from tutor.formulas import readable
from tutor.tui.exercises.words import minutes
from tutor.tui.plain_text import clean
from tutor.tui.widgets.chat.markdown import CourseMarkdown
from tutor.tui.widgets.panel import Panel


class TaskText(VerticalScroll):
    """What scrolls in the task's frame."""

    HELP = """\
    ## The task

    What to write; hints, the explanation and the solution come below it. Scroll with the arrow keys.
    **Tab** goes on to the editor. Here and among the checks single letters work too: **h** shows the
    next hint, **s** the solution once you may see it, **l** the section of the lesson to read,
    **n** goes to the next exercise, **r** begins anew (what you wrote is kept in a file beside it).
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "tab", "screen.pane('editor')", "Editor", id="task.next", show=False, tooltip="To the editor"
        ),
        Binding(
            "shift+tab", "screen.pane('checks')", "Checks", id="task.before", show=False,
            tooltip="To the checks",
        ),
    ]  # fmt: skip


class TaskPane(Panel):
    """Shows one exercise's texts; each part that comes is scrolled to."""

    DEFAULT_CSS = """
    TaskPane {
        & > TaskText {
            padding: 0 1; scrollbar-size-vertical: 1; scrollbar-color: $border-blurred;
            scrollbar-background: $background;
            & > .about { color: $text-muted; margin: 0 0 1 0; }
            & > .part {
                color: $accent; text-style: bold; border-top: solid $border-blurred; padding: 0;
            }
            & CourseFence { overflow-x: hidden; & > Label { width: 100%; padding: 0 1; } }
            & > .waiting { color: $text-muted; }
        }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="task")
        self._shown: set[str] = set()

    def compose(self) -> ComposeResult:
        """The text to come."""
        with TaskText():
            yield Static("Opening …", classes="waiting", markup=False)

    def on_mount(self) -> None:
        """The frame's title."""
        self.border_title = "Task (F2)"
        self.border_subtitle = "F3 your code · F4 checks"

    @property
    def text(self) -> TaskText:
        """What scrolls."""
        return self.query_one(TaskText)

    async def open(
        self, exercise: Exercise, task: str, hints: tuple[Hint, ...], explanation: str, reading: str
    ) -> None:
        """Show the task and what the learner has seen before."""
        about = Content.assemble(
            (clean(exercise.signature), "$accent"),
            f"\nlesson {exercise.lesson} · {minutes(exercise)} · {', '.join(exercise.concepts)}",
            (f"\nTo read (l): {reading}" if reading else ""),
        )
        with self.app.batch_update():
            await self.text.remove_children()
            await self.text.mount_all(
                [Static(about, classes="about", markup=False), CourseMarkdown(_shown(task))]
            )
            for each in hints:
                await self.show_hint(each, go=False)
            if explanation:
                await self.show_explanation(explanation, go=False)
        self.text.scroll_home(animate=False)

    async def show_hint(self, hint: Hint, *, go: bool = True) -> None:
        """Show a rung of the ladder."""
        words = f"Hint {hint.rung} of {hint.of}: {hint.title}"
        await self._part(f"hint-{hint.rung}", words, hint.text, go=go)

    async def show_explanation(self, text: str, *, go: bool = True) -> None:
        """Show what there was to learn."""
        await self._part("explanation", "What this was about", text, go=go)

    async def show_solution(self, code: str) -> None:
        """Show the reference solution."""
        await self._part("solution", "The solution", f"~~~~~~python\n{code.rstrip()}\n~~~~~~", go=True)

    async def _part(self, name: str, words: str, markdown: str, *, go: bool) -> None:
        if name not in self._shown:
            self._shown.add(name)
            head = Static(words, classes="part", id=name, markup=False)
            await self.text.mount_all([head, CourseMarkdown(_shown(markdown))])
        if go:
            head = self.query_one(f"#{name}", Static)
            self.call_after_refresh(self.text.scroll_to_widget, head, top=True, animate=False, force=True)


def _shown(markdown: str) -> str:
    return readable(clean(markdown), citations=False)
