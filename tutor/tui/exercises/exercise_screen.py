"""One exercise: the task beside the editor, the checks beneath, hints, and the way to the next."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import ActiveBinding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, Static

from tutor.tui.course_tree import Place
from tutor.tui.exercises import desk_work
from tutor.tui.exercises.checking import Checking
from tutor.tui.exercises.checks_pane import ChecksPane
from tutor.tui.exercises.editor_pane import EditorPane
from tutor.tui.exercises.keys import KEYS
from tutor.tui.exercises.messages import (
    CheckEnded,
    CheckMoved,
    ExerciseOpened,
    ExerciseUnopened,
    HintCame,
    NextFound,
    SolutionCame,
    SolutionNeedsYes,
    WasReset,
)
from tutor.tui.exercises.opening import put_question
from tutor.tui.exercises.task_pane import TaskPane
from tutor.tui.exercises.words import headline
from tutor.tui.key_order import in_order
from tutor.tui.labs.closing import close
from tutor.tui.messages import Told
from tutor.tui.plain_text import title
from tutor.tui.problem import problem_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.exercises.desk import Entry
    from tutor.tui.tutor_app import TutorApp

_WIDE = 100
PANES = ("task", "editor", "checks")


class ExerciseScreen(Screen[None]):
    """Works on the exercise `exercise_id`; wide terminals show all of it, narrow ones the pane in use."""

    HELP = """\
    ## An exercise

    Write your code in the editor. **F5** saves it and runs the checks; so does **Ctrl+S**, unless the
    check trains a model. **F2** is the task, **F3** the editor, **F4** the checks; outside the editor
    **Tab** goes round. **F6** shows hints one by one, **F9** opens the file in your own editor. The
    file is saved as you leave. **Esc** stops a check, then leaves the editor, then the exercise.
    """
    BINDINGS: ClassVar[list[BindingType]] = list(KEYS)
    DEFAULT_CSS = """
    ExerciseScreen {
        background: $background;
        & > #head {
            height: 1; padding: 0 1; background: $surface; text-wrap: nowrap; text-overflow: ellipsis;
        }
        & > #body { height: 1fr; }
        & TaskPane { width: 9fr; height: 1fr; }
        & #work { width: 11fr; height: 1fr; }
        & EditorPane { height: 3fr; }
        & ChecksPane { height: 2fr; }
        &.-narrow {
            & TaskPane { display: none; }
            &.-at-task { & TaskPane { display: block; } & #work { display: none; } }
            &.-at-checks { & EditorPane { height: 2fr; } & ChecksPane { height: 3fr; } }
        }
        &.-short {
            & ChecksPane { height: 4; }
            &.-at-checks { & EditorPane { display: none; } & ChecksPane { height: 1fr; } }
        }
    }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_WIDE, "-wide")]  # noqa: RUF012 - Textual's own shape
    VERTICAL_BREAKPOINTS = [(0, "-short"), (22, "-tall")]  # noqa: RUF012 - Textual's own shape

    def __init__(self, exercise_id: str) -> None:
        super().__init__(classes="-at-task")
        self.exercise_id = exercise_id
        self.entry: Entry | None = None
        self.checking = Checking(self, exercise_id)
        self._places: tuple[Place, ...] = ()

    def compose(self) -> ComposeResult:
        """The head, the three panes, the keys."""
        yield Static(title(self.exercise_id), id="head")
        with Horizontal(id="body"):
            yield TaskPane()
            with Vertical(id="work"):
                yield EditorPane()
                yield ChecksPane()
        yield Footer(show_command_palette=False)

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys in force, in the order of the footer."""
        return in_order(super().active_bindings, KEYS)

    def on_mount(self) -> None:
        """Read the exercise behind the frame."""
        self.task_pane.text.focus()
        self._tell(lambda: desk_work.opened(self._tutor, self.exercise_id))

    def on_unmount(self) -> None:
        """A check that nobody waits for any more is stopped."""
        self.checking.stop()

    @property
    def task_pane(self) -> TaskPane:
        """The task."""
        return self.query_one(TaskPane)

    @property
    def editor(self) -> EditorPane:
        """The editor."""
        return self.query_one(EditorPane)

    @property
    def checks(self) -> ChecksPane:
        """The checks."""
        return self.query_one(ChecksPane)

    # Opening

    @on(ExerciseOpened)
    async def show(self, event: ExerciseOpened) -> None:
        """Show the exercise."""
        self._know(event.entry)
        self._places = event.places
        exercise = event.entry.exercise
        reading = ", ".join(place.title for place in event.places)
        await self.task_pane.open(exercise, event.task, event.hints, event.explanation, reading)
        self.checks.open(exercise, event.entry.record)
        self.editor.open(event.file, event.text, event.unsaved)
        if event.entry.record.attempts and not self.has_class("-narrow"):
            self.action_pane("editor")

    @on(ExerciseUnopened)
    def give_up(self, event: ExerciseUnopened) -> None:
        """Say why there is nothing to work on, and go back."""
        self._tutor.tell_problem(event.problem)
        close(self)

    def _know(self, entry: Entry) -> None:
        self.entry = entry
        self.query_one("#head", Static).update(headline(entry))

    # Checking

    def action_check(self) -> None:
        """Save and check; a check that is under way is stopped."""
        if self.checking.is_running:
            self.checking.stop()
            self.checks.say("stopping …")
        elif self.entry is not None:
            self._reveal_checks()
            self._save_and_check()

    def action_save(self) -> None:
        """Save; check too, unless that trains."""
        if self.entry is None:
            return
        if self.entry.exercise.trains:
            if self.editor.save():
                self.notify("Saved. F5 trains with it.")
        else:
            self._reveal_checks()
            self._save_and_check()

    @on(EditorPane.Reread)
    def check_what_came(self) -> None:
        """The person saved in an editor of their own: check that, unless it trains."""
        if self.entry is not None and not self.entry.exercise.trains:
            self.check()

    def _save_and_check(self) -> None:
        """Check once the file holds what the editor shows; where it cannot be written, check the text."""
        if not self.editor.save(self.check) and self.editor.cannot_be_saved:
            self.check(self.editor.code.text)

    def check(self, code: str | None = None) -> None:
        """Begin a check, after the one that is under way where there is one."""
        if self.checking.begin(code):
            self.checks.begin()

    @on(CheckMoved)
    async def show_move(self, event: CheckMoved) -> None:
        """Show how far the check is."""
        if self.checking.is_of(event.number):
            await self.checks.show(event.event)

    @on(CheckEnded)
    async def end_check(self, event: CheckEnded) -> None:
        """Show what came of it; begin the next where the file was saved meanwhile."""
        again = self.checking.ended()
        before = self.entry.record.state if self.entry is not None else "new"
        if event.entry is not None:
            self._know(event.entry)
        if again:
            self.check()
            return
        if event.verdict is None:
            await self.checks.stop(event.problem)
            return
        await self.checks.end(event.verdict)
        if event.verdict.passed:
            await self.task_pane.show_explanation(event.explanation)
            if before != "passed":
                self.notify("F2 says what this was about, F8 goes to the next.", title="Passed", timeout=8)

    # Help, one step at a time

    def action_hint(self) -> None:
        """Show the next hint."""
        self._tell(lambda: desk_work.hint(self._tutor, self.exercise_id))

    @on(HintCame)
    async def show_hint(self, event: HintCame) -> None:
        """Show a hint below the task."""
        self._know(event.entry)
        await self.task_pane.show_hint(event.hint)
        self._reveal_task()

    def action_solution(self, sure: bool = False) -> None:
        """Show the solution, where the desk lets it go."""
        self._tell(lambda: desk_work.solution(self._tutor, self.exercise_id, sure))

    @on(SolutionNeedsYes)
    def ask_for_yes(self) -> None:
        """Only the learner's own yes is missing."""
        question = "You have not passed yet. See the solution all the same?"
        self._confirm(question, "Show it", lambda: self.action_solution(sure=True))

    @on(SolutionCame)
    async def show_solution(self, event: SolutionCame) -> None:
        """Show the solution below the task."""
        self._know(event.entry)
        if event.explanation:
            await self.task_pane.show_explanation(event.explanation, go=False)
        await self.task_pane.show_solution(event.code)
        self._reveal_task()

    def _reveal_task(self) -> None:
        if self.has_class("-narrow"):
            self.action_pane("task")

    def _reveal_checks(self) -> None:
        if self.has_class("-narrow") and self.has_class("-at-task"):
            self.action_pane("checks")

    def action_reset(self) -> None:
        """Put the starter back, once the person agrees; what was typed is saved first, for the backup."""

        def begin() -> None:
            self.editor.save(lambda: self._tell(lambda: desk_work.reset(self._tutor, self.exercise_id)))

        if self.entry is not None:
            question = "Put the starter back? What you wrote is kept in a file beside it."
            self._confirm(question, "Begin anew", begin)

    @on(WasReset)
    def show_starter(self, event: WasReset) -> None:
        """Show the starter, and where the other text is."""
        self.editor.put_back(event.text)
        if event.reset.backup is not None:
            self.notify(str(event.reset.backup), title="What you wrote is in", timeout=10, markup=False)
        self.action_pane("editor")

    def action_own_editor(self) -> None:
        """Lend the terminal to the person's own editor."""
        from tutor.tui.exercises.own_editor import edit

        def lend() -> None:
            assert self.editor.file is not None
            try:
                edit(self.app, self.editor.file.path)
            except Exception as error:
                self._tutor.tell_problem(problem_of(error))
            self.editor.look()

        if self.entry is not None:
            self.editor.save(lend)

    # Going elsewhere

    def action_pane(self, name: str) -> None:
        """Go to a pane; a narrow terminal shows it, too."""
        for each in PANES:
            self.set_class(each == name, f"-at-{each}")
        targets = {"task": self.task_pane.text, "editor": self.editor.code, "checks": self.checks.lines}
        self.set_focus(targets[name])

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A click goes to a pane as its key does."""
        around = event.widget.ancestors_with_self
        for each in PANES:
            self.set_class(self.query_one(f"#{each}") in around, f"-at-{each}")

    def action_escape(self) -> None:
        """Stop the check; where none is under way, save and go back."""
        if self.checking.is_running:
            self.action_check()
        elif self.editor.is_unsaved:
            if not self.editor.save(self._leave) and self.editor.cannot_be_saved:
                self._leave()
        else:
            self._leave()

    def action_escape_editor(self) -> None:
        """Out of the editor, or first stop the check."""
        if self.checking.is_running:
            self.action_check()
        else:
            self.action_pane("checks")

    def open_other(self, exercise_id: str) -> None:
        """Save, and work on another exercise instead."""

        def go() -> None:
            self.app.clear_notifications()  # they are about the exercise that is left
            self.app.switch_screen(ExerciseScreen(exercise_id))

        self.editor.save(go)

    def _leave(self) -> None:
        kept = self.editor.keep()
        if kept.is_lost:
            self._confirm(f"{kept.words} Leave all the same?", "Leave", partial(close, self))
            return
        if kept.words:
            self.notify(kept.words, title="Not saved", severity="warning", timeout=12, markup=False)
        close(self)

    def action_next(self) -> None:
        """Save, and go to the next unsolved exercise."""
        self._tell(lambda: desk_work.following(self._tutor, self.exercise_id))

    @on(NextFound)
    def go_on(self, event: NextFound) -> None:
        """Open the next exercise in place of this one."""
        if event.entry is None:
            self.notify("Every exercise is passed. F6 on the first screen shows your progress.")
        elif self.is_current:
            self.open_other(event.entry.exercise.id)

    def action_lesson(self) -> None:
        """Read what the lesson says about it."""
        from tutor.tui.screens.reading import ReadingScreen

        if self._places:
            self.app.push_screen(ReadingScreen(self._places[0], self._places), self._ask_tutor)

    def _ask_tutor(self, question: str | None) -> None:
        self.editor.save(partial(put_question, self._tutor, question))

    def action_help(self) -> None:
        """Show the help."""
        from tutor.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self))

    # Working behind the screen

    def _tell(self, work: Callable[[], Message]) -> None:
        """Do `work` in a thread and tell what it gives; a short word goes to the app."""

        def tell() -> None:
            message = work()
            (self.app if isinstance(message, Told) else self).post_message(message)

        self.run_worker(tell, thread=True, exit_on_error=False, group="desk")

    def _confirm(self, question: str, yes: str, then: Callable[[], None]) -> None:
        from tutor.tui.screens.confirm import ConfirmScreen

        def answered(agreed: bool | None) -> None:
            if agreed:
                then()

        self.app.push_screen(ConfirmScreen(question, yes), answered)

    @property
    def _tutor(self) -> TutorApp:
        app: Any = self.app
        return app  # type: ignore[no-any-return]
