"""All labs by lesson, and all runs, live ones moving: choose one to set it up or to look at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from tutor.tui.labs.rows import RunBook, RunRow, ago
from tutor.tui.labs.words import duration
from tutor.tui.plain_text import clean, one_line
from tutor.tui.problem import Problem, problem_of
from tutor.tui.widgets.panel import Panel

if TYPE_CHECKING:
    from tools.labs import LabInfo
    from tutor.tui.tutor_app import TutorApp

_REFRESH = 1.0


@dataclass
class LabsListed(Message):
    """The labs there are."""

    labs: tuple[LabInfo, ...]
    problem: Problem | None = None


@dataclass
class RunsListed(Message):
    """The runs as they stand."""

    rows: tuple[RunRow, ...]
    problem: Problem | None = None


class LabList(OptionList):
    """The labs, each lesson's under its number."""

    HELP = """\
    ## Labs

    A lab runs the code of a lesson, on data that comes with Tutor or on your own. **Enter** or a click
    opens its settings; nothing runs before you start it. **s** shows its source.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "screen.other", "Runs", id="labs.to_runs", show=False, tooltip="Go to the runs")
    ]


class RunList(OptionList):
    """The runs, newest first."""

    HELP = """\
    ## Runs

    Every run is kept until you delete it. **Enter** or a click opens one: a running one live, a finished
    one with its result. A run goes on when Tutor is closed.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "screen.other", "Labs", id="runs.to_labs", show=False, tooltip="Go to the labs")
    ]


class LabsScreen(Screen[None]):
    """Two lists beside each other, and the words of what is marked below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,f8", "back", "Back", id="labs.back", tooltip="Back to the conversation"),
        Binding("tab", "other", "Labs / runs", id="labs.other", tooltip="Go to the other list"),
        Binding("s", "source", "Source", id="labs.source", tooltip="Read the marked lab's source"),
        Binding("d,delete", "delete", "Delete run", id="labs.delete", tooltip="Delete the marked run"),
        Binding("f1", "help", "Help", id="labs.help", tooltip="What the keys do"),
    ]
    DEFAULT_CSS = """
    LabsScreen {
        background: $background;
        & > Horizontal { height: 1fr; }
        & #labs { width: 3fr; }
        & #runs { width: 2fr; }
        & OptionList {
            border: none; background: transparent; height: 1fr; padding: 0 1; scrollbar-size-vertical: 1;
            text-wrap: nowrap; text-overflow: ellipsis;
            &:focus { border: none; background-tint: $foreground 0%; }
            & > .option-list--option-disabled { color: $text-muted; text-style: none; }
            & > .option-list--option-highlighted {
                background: transparent; color: $foreground; text-style: none;
            }
            &:focus > .option-list--option-highlighted {
                background: $block-cursor-background; color: $block-cursor-foreground; text-style: none;
            }
        }
        & .empty { padding: 1 2; color: $text-muted; display: none; }
        & > #about { height: 5; padding: 0 2; border-top: solid $border-blurred; }
    }
    """
    AUTO_FOCUS = "LabList"

    def __init__(self) -> None:
        super().__init__()
        self._labs: tuple[LabInfo, ...] = ()
        self._rows: tuple[RunRow, ...] = ()
        self._book: RunBook | None = None
        self._reading = False
        self._possible = (False, False)

    def compose(self) -> ComposeResult:
        """The two lists and the words below."""
        with Horizontal():
            with Panel(id="labs") as labs:
                labs.border_title = "Labs"
                yield LabList(markup=False)
            with Panel(id="runs") as runs:
                runs.border_title = "Runs"
                yield RunList(markup=False)
                yield Static("No run yet: choose a lab at the left.", classes="empty", markup=False)
        yield Static("", id="about", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Read both lists behind the frame, and the runs again and again."""
        self._book = RunBook(self._tutor.settings.home)
        self._read_labs()
        self.set_interval(_REFRESH, self.refresh_runs)
        self.refresh_runs()

    def on_screen_resume(self) -> None:
        """Coming back from a run: it may have ended."""
        self.refresh_runs()

    @property
    def labs(self) -> LabList:
        """The list of labs."""
        return self.query_one(LabList)

    @property
    def runs(self) -> RunList:
        """The list of runs."""
        return self.query_one(RunList)

    # Reading

    @work(thread=True, exclusive=True, exit_on_error=False, group="labs-list")
    def _read_labs(self) -> None:
        try:
            from tools.labs import LABS

            self.post_message(LabsListed(tuple(sorted(LABS.values(), key=lambda each: each.lesson))))
        except Exception as error:
            self.post_message(LabsListed((), problem_of(error)))
        import tutor.tui.labs.run_screen  # noqa: F401 - plotting takes a quarter of a second to import

    def refresh_runs(self) -> None:
        """Read what is new of the runs, unless that is under way or the screen is covered."""
        if not self._reading and self._book is not None and self.is_current:
            self._reading = True
            self._read_runs(self._book)

    @work(thread=True, exit_on_error=False, group="runs-list")
    def _read_runs(self, book: RunBook) -> None:
        try:
            self.post_message(RunsListed(tuple(book.rows())))
        except Exception as error:
            self.post_message(RunsListed(self._rows, problem_of(error)))

    @on(LabsListed)
    def show_labs(self, event: LabsListed) -> None:
        """Show the labs under their lessons."""
        if event.problem is not None:
            self._tutor.tell_problem(event.problem)
        self._labs = event.labs
        options: list[Option] = []
        lesson = 0
        width = max([12, *(len(info.name) for info in event.labs)])
        for info in event.labs:
            if info.lesson != lesson:
                lesson = info.lesson
                options.append(Option(Content.styled(f"Lesson {lesson}", "$secondary"), disabled=True))
            words = Content.assemble(
                (f"  {info.name:<{width}}  ", "bold"), (one_line(info.title), "$foreground 70%")
            )
            options.append(Option(words, id=info.name))
        self.labs.clear_options()
        self.labs.add_options(options)
        self.labs.highlighted = 1 if options else None
        self._show_about()

    @on(RunsListed)
    def show_runs(self, event: RunsListed) -> None:
        """Show the runs; where only figures changed, the lines that changed."""
        self._reading = False
        if event.problem is not None and event.rows == self._rows:
            self._tutor.tell_problem(event.problem)
        before, self._rows = self._rows, event.rows
        if [row.id for row in before] == [row.id for row in event.rows]:
            for old, new in zip(before, event.rows, strict=True):
                if old.words() != new.words():
                    self.runs.replace_option_prompt(new.id, new.words())
        else:
            marked = self.runs.highlighted_option
            self.runs.clear_options()
            self.runs.add_options([Option(row.words(), id=row.id) for row in event.rows])
            ids = [row.id for row in event.rows]
            if ids:
                known = marked is not None and marked.id in ids
                self.runs.highlighted = ids.index(marked.id) if known and marked and marked.id else 0
        live = sum(row.is_live for row in event.rows)
        self.query_one("#runs", Panel).border_title = f"Runs · {live} live" if live else "Runs"
        self.query_one(".empty").display = not event.rows
        self.runs.display = bool(event.rows)
        self._show_about()

    # What is marked

    @property
    def marked_lab(self) -> LabInfo | None:
        """The lab under the cursor, while the labs have the focus."""
        option = self.labs.highlighted_option
        if option is None or self.runs.has_focus:
            return None
        return next((info for info in self._labs if info.name == option.id), None)

    @property
    def marked_run(self) -> RunRow | None:
        """The run under the cursor, while the runs have the focus."""
        option = self.runs.highlighted_option
        if option is None or not self.runs.has_focus:
            return None
        return next((row for row in self._rows if row.id == option.id), None)

    @on(OptionList.OptionHighlighted)
    def _follow_cursor(self) -> None:
        self._show_about()

    def on_descendant_focus(self) -> None:
        """The words below are those of the list that has the focus."""
        self._show_about()

    def _show_about(self) -> None:
        lab, run = self.marked_lab, self.marked_run
        words = Content("")
        if lab is not None:
            words = Content.assemble(
                clean(lab.about), ("\nYou see: ", "$primary"), (clean(lab.shows), "$foreground 80%")
            )
        elif run is not None:
            took = f" · {duration(run.seconds)}" if run.seconds else ""
            words = Content.assemble(
                (one_line(run.id), "bold $primary"),
                f"  {run.state} · {ago(run.created)}{took}",
                (f"\n{one_line(run.figure)}" if run.figure else "", "$foreground 80%"),
            )
        self.query_one("#about", Static).update(words)
        possible = (lab is not None, run is not None and not run.is_live)
        if possible != self._possible:  # the footer is built anew only where something changed
            self._possible = possible
            self.refresh_bindings()

    @on(OptionList.OptionSelected, "LabList")
    def open_lab(self, event: OptionList.OptionSelected) -> None:
        """Show the lab's settings."""
        from tutor.tui.labs.opening import set_up

        if event.option.id is not None:
            set_up(self._tutor, event.option.id)

    @on(OptionList.OptionSelected, "RunList")
    def open_run(self, event: OptionList.OptionSelected) -> None:
        """Show the run."""
        from tutor.tui.labs.opening import show_run

        if event.option.id is not None:
            show_run(self._tutor, event.option.id)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what is possible with what is marked."""
        if not self.is_mounted:
            return True
        if action == "source":
            return self.marked_lab is not None
        if action == "delete":
            run = self.marked_run
            return run is not None and not run.is_live
        return True

    def action_other(self) -> None:
        """Go to the other list."""
        (self.labs if self.runs.has_focus or not self._rows else self.runs).focus()

    def action_source(self) -> None:
        """Read the marked lab's source."""
        from tutor.tui.labs.source_screen import SourceScreen

        if (lab := self.marked_lab) is not None:
            self.app.push_screen(SourceScreen(lab.name))

    def action_delete(self) -> None:
        """Delete the marked run, once the person agrees."""
        from tutor.tui.screens.confirm import ConfirmScreen

        run = self.marked_run
        if run is None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self._delete(run.id)

        question = f"Delete the run {run.id} with its figures, pictures and checkpoint for good?"
        self.app.push_screen(ConfirmScreen(question, "Delete"), answered)

    @work(thread=True, exit_on_error=False, group="run-delete")
    def _delete(self, run_id: str) -> None:
        from tutor.tui.labs.deleting import delete_run

        delete_run(self._tutor, run_id)

    def action_back(self) -> None:
        """Back to the conversation."""
        self.dismiss(None)

    def action_help(self) -> None:
        """Show the help."""
        from tutor.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self))

    @property
    def _tutor(self) -> TutorApp:
        app: Any = self.app
        return app  # type: ignore[no-any-return]
