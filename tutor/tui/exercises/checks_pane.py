"""The checks as they finish: each with its mark, what went wrong where one fails, what the code printed."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Collapsible, Static

from tutor.tui.exercises.words import checks_held, counted
from tutor.tui.labs.words import bar, duration
from tutor.tui.plain_text import clean, one_line, title
from tutor.tui.problem import Problem
from tutor.tui.widgets.panel import Panel

if TYPE_CHECKING:
    from tools.checker import CheckEvent, CheckResult, Verdict
    from tools.exercises.catalog import Exercise
    from tutor.learner.records import ExerciseRecord

_BAR = 16
_MOST = 20_000
"""Characters of a message, a traceback or the output that are shown."""


class CheckLines(VerticalScroll):
    """What scrolls in the checks' frame."""

    HELP = """\
    ## The checks

    **F5** or **Ctrl+R** saves and checks; the same key, or **Esc**, stops a check. Each check is
    marked as it ends: ✓ holds, ✗ does not. The first that does not says what it gave, what came back,
    and what was expected; **a** has the others say it, too. **o** folds out what your code printed.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "screen.pane('task')", "Task", id="checks.next", show=False, tooltip="To the task"),
        Binding(
            "shift+tab", "screen.pane('editor')", "Editor", id="checks.before", show=False,
            tooltip="To the editor",
        ),
        Binding("o", "output", "Output", id="checks.output", show=False, tooltip="What the code printed"),
        Binding(
            "a", "everything", "All", id="checks.all", show=False,
            tooltip="What each failing check says, or only the first one",
        ),
    ]  # fmt: skip

    class EverythingWanted(Message):
        """All failing checks should tell all they have to tell, or only the first again."""

    def action_everything(self) -> None:
        """Have each failing check say what is wrong, or only the first."""
        self.post_message(self.EverythingWanted())

    def action_output(self) -> None:
        """Fold out what the code printed, or away."""
        for folded in self.query(Collapsible):
            folded.collapsed = not folded.collapsed
            folded.scroll_visible(animate=False)


class CheckLine(Vertical):
    """One check: its line, and below it what it says where it does not hold."""

    def __init__(self, number: int, name: str) -> None:
        super().__init__(classes="check")
        self.number = number
        self.check_name = name
        self._head = Static("", markup=False)
        self._body = Static("", classes="body", markup=False)

    def compose(self) -> ComposeResult:
        """The line and what is below it."""
        yield self._head
        yield self._body

    def begin(self, words: str = "") -> None:
        """The check is at work."""
        self._show("● ", "$accent", words)

    def end(self, result: CheckResult, *, whole: bool, aside: str) -> None:
        """The check is over; `whole` says whether all is told of a failure, else its name and `aside`."""
        from tools.checker import NOT_RUN

        if result.message.startswith(NOT_RUN):
            self._show("· ", "$foreground 50%", "not run")
        elif result.passed:
            self._show("✓ ", "$success")
        else:
            self._show("✗ ", "$error", "" if whole else aside)
            self._body.update(_failure(result))
        self._body.display = whole and not result.passed and not result.message.startswith(NOT_RUN)

    def _show(self, mark: str, colour: str, words: str = "") -> None:
        self._body.display = False
        name = one_line(self.check_name, 200)
        more = f"  {one_line(words, 200)}" if words else ""
        self._head.update(
            Content.assemble(
                (mark, colour), (f"{self.number} ", "$foreground 50%"), name, (more, "$foreground 60%")
            )
        )


class ChecksPane(Panel):
    """Shows one check run: begin(), then show() for each event, then end() or stop()."""

    DEFAULT_CSS = """
    ChecksPane {
        & > .summary { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & > CheckLines {
            padding: 0 1; scrollbar-size-vertical: 1; scrollbar-color: $border-blurred;
            scrollbar-background: $background; height: 1fr;
            & > .check { height: auto; & > .body { padding: 0 0 0 4; } }
            & > .remark { color: $text-muted; height: auto; }
            & > Collapsible {
                border: none; background: transparent; padding: 0;
                & > CollapsibleTitle { padding: 0 1 0 0; color: $text-muted; }
                & > Contents { padding: 0 2; height: auto; }
            }
        }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="checks")
        self._lines: dict[int, CheckLine] = {}
        self._exercise: Exercise | None = None
        self._since = 0.0
        self._doing = ""
        self._clock: Timer | None = None
        self._results: dict[int, CheckResult] = {}
        self._everything = False

    def compose(self) -> ComposeResult:
        """The summary; the checks."""
        yield Static("", classes="summary", markup=False)
        yield CheckLines()

    def on_mount(self) -> None:
        """The clock runs only while a check does."""
        self.border_title = "Checks (F4)"
        self._clock = self.set_interval(1.0, self._tick, pause=True)

    @property
    def lines(self) -> CheckLines:
        """What scrolls."""
        return self.query_one(CheckLines)

    @property
    def summary(self) -> Static:
        """The one line that says how it stands."""
        return self.query_one(".summary", Static)

    def open(self, exercise: Exercise, record: ExerciseRecord) -> None:
        """How the exercise stands before anything is checked here."""
        self._exercise = exercise
        how = "F5 checks your code"
        held = checks_held(record.last_verdict)
        if exercise.trains:
            how = f"F5 trains with it, for {duration(exercise.budget)} at most; saving alone does not"
        if record.state == "passed":
            self._sum(Content.assemble(("✓ passed", "$success"), f" · {how}"))
        else:
            last = f"last time {held} · " if held else ""
            self._sum(Content.styled(f"{last}{how}", "$foreground 70%"))

    def begin(self) -> None:
        """A check begins; what the last one said goes."""
        self._lines = {}
        self._results = {}
        self._everything = False
        self._since = monotonic()
        self._doing = ""
        if self._clock is not None:
            self._clock.resume()
        self.lines.remove_children()
        self._tick()

    async def show(self, event: CheckEvent) -> None:
        """Show what happened."""
        line = self._lines.get(event.number)
        if line is None:
            line = self._lines[event.number] = CheckLine(event.number, event.name)
            await self.lines.mount(line)
        if event.result is not None:
            self._results[event.number] = event.result
            self._end(event.number)
        else:
            line.begin(event.text)
        self._doing = f"check {event.number} of {event.total}"
        if event.kind == "progress" and event.text:
            self._doing = one_line(event.text, 80)
        self._tick()

    async def end(self, verdict: Verdict) -> None:
        """The verdict is there: every check in its final words, remarks, output."""
        self._rest()
        for number, result in enumerate(verdict.checks, 1):
            if number not in self._lines:
                self._lines[number] = CheckLine(number, result.name)
                await self.lines.mount(self._lines[number])
            self._results[number] = result
            self._end(number)
        for remark in verdict.remarks:
            await self.lines.mount(Static(title(remark, 400), classes="remark", markup=False))
        if verdict.output.strip():
            await self.lines.mount(_output(verdict.output))
        held = sum(each.passed for each in verdict.checks)
        total = len(verdict.checks)
        took = duration(verdict.seconds)
        if verdict.passed:
            words = Content.assemble(("✓ passed", "bold $success"), f": all {total} checks hold · {took}")
        else:
            words = Content.assemble(
                ("✗ not yet", "bold $error"), f": {held} of {total} checks hold · {took} · F6 gives a hint"
            )
        self._sum(words)
        failed = next((n for n, each in enumerate(verdict.checks, 1) if not each.passed), None)
        if failed is not None:
            line = self._lines[failed]
            self.call_after_refresh(self.lines.scroll_to_widget, line, top=True, animate=False)

    def _end(self, number: int) -> None:
        """Say what came of a check: the first that fails at length, the others too when asked."""
        first = min((each for each, result in self._results.items() if not result.passed), default=number)
        result = self._results[number]
        aside = result.sentence if result.sentence != self._results[first].sentence else ""
        self._lines[number].end(result, whole=self._everything or number == first, aside=aside)

    @on(CheckLines.EverythingWanted)
    def tell_everything(self) -> None:
        """Have each failing check say what is wrong, or only the first."""
        self._everything = not self._everything
        for number in self._results:
            self._end(number)

    async def stop(self, problem: Problem | None = None) -> None:
        """The check ended without a verdict: stopped, or by a problem."""
        self._rest()
        if problem is None:
            self._sum(Content.styled("The check was stopped.", "$warning"))
            return
        await self.lines.remove_children()
        self._sum(Content.styled(one_line(problem.title, 120), "$error"))
        words = Content(clean(f"{problem.message}\n{problem.help}").strip())
        await self.lines.mount(Static(words, classes="check", markup=False))

    def say(self, words: str) -> None:
        """A word in place of the summary."""
        self._sum(Content.styled(one_line(words, 200), "$foreground 70%"))

    def _rest(self) -> None:
        if self._clock is not None:
            self._clock.pause()

    def _tick(self) -> None:
        seconds = monotonic() - self._since
        trains = self._exercise is not None and self._exercise.trains
        budget = self._exercise.budget if self._exercise is not None else 0
        parts: list[tuple[str, str]] = [("● ", "$accent"), (self._doing or "checking …", "")]
        if trains and budget:
            drawn = bar(min(1.0, seconds / budget), _BAR)
            parts += [("  ", ""), (drawn, "$primary"), ("░" * (_BAR - len(drawn)), "$border-blurred")]
            parts.append((f" {duration(int(seconds))} of at most {duration(budget)}", ""))
        elif seconds >= 1:
            parts.append((f"  {duration(int(seconds))}", "$foreground 60%"))
        parts.append(("  Esc stops it", "$foreground 60%"))
        self._sum(Content.assemble(*parts))

    def _sum(self, words: Content) -> None:
        self.summary.update(words)


def _output(output: str) -> Collapsible:
    text = clean(output).rstrip()
    more = len(text) > _MOST
    lines = counted(len(text.splitlines()), "line")
    shown = Static(Content(text[:_MOST] + ("\n…" if more else "")), markup=False)
    return Collapsible(shown, title=f"What your code printed: {lines} (o)", collapsed=True)


def _failure(result: CheckResult) -> Content:
    """What a failing check says, the mistake that was recognised in bold, then the learner's own lines."""
    message = _cut(result.message or result.sentence)
    parts: list[tuple[str, str]] = [(message, "")]
    if result.sentence and message.startswith(result.sentence):
        parts = [(result.sentence, "bold $warning"), (message[len(result.sentence) :], "")]
    if result.traceback.strip():
        parts.append((f"\n{_cut(result.traceback)}", "$foreground 70%"))
    return Content.assemble(*parts)


def _cut(text: str) -> str:
    text = clean(text).strip("\n").rstrip()
    return text if len(text) <= _MOST else f"{text[:_MOST]}\n…"
