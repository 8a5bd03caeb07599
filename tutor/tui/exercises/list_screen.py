"""All exercises by lesson, each with how it stands; typing narrows the list, Enter opens one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from tutor.tui.exercises import desk_work
from tutor.tui.exercises.messages import ExercisesListed
from tutor.tui.exercises.words import STATES, minutes, standing
from tutor.tui.labs.words import bar
from tutor.tui.plain_text import clean, one_line
from tutor.tui.widgets.panel import Panel

if TYPE_CHECKING:
    from tutor.exercises.desk import Entry
    from tutor.tui.tutor_app import TutorApp

_BAR = 20


class ExerciseList(OptionList):
    """The exercises, each lesson's under its number; what is typed goes to the filter."""

    HELP = """\
    ## Exercises

    Write a piece of what the lessons explain, and have it checked. **Enter** opens one. Type to narrow
    the list: a name, a concept, "lesson 3", or a state such as "failing". ✓ is passed, ✗ fails its last
    check, ○ is begun, · is new.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "backspace", "shorten", "Shorten", id="exercises.shorten", show=False, tooltip="Widen the list"
        )
    ]

    class Typed(Message):
        """A letter for the filter; "" takes the last one away."""

        def __init__(self, letter: str) -> None:
            super().__init__()
            self.letter = letter

    def on_key(self, event: events.Key) -> None:
        """Letters narrow the list."""
        if event.is_printable and event.character:
            event.stop()
            event.prevent_default()
            self.post_message(self.Typed(event.character))

    def action_shorten(self) -> None:
        """Take the last letter of the filter away."""
        self.post_message(self.Typed(""))


class ExercisesScreen(Screen[None]):
    """The list, and the words of what is marked below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="exercises.back", tooltip="All exercises again; then back"),
        Binding("f7", "close", "Close", id="exercises.close", show=False, tooltip="Back to where you were"),
        Binding("f6", "progress", "Progress", id="exercises.progress", tooltip="See how far you are"),
        Binding("f1", "help", "Help", id="exercises.help", tooltip="What the keys do"),
    ]
    DEFAULT_CSS = """
    ExercisesScreen {
        background: $background;
        & > Panel { height: 1fr; }
        & > #sum { height: 1; padding: 0 2; }
        & OptionList {
            border: none; background: transparent; height: 1fr; padding: 0 1; scrollbar-size-vertical: 1;
            text-wrap: nowrap; text-overflow: ellipsis;
            &:focus { border: none; background-tint: $foreground 0%; }
            & > .option-list--option-disabled { color: $text-muted; text-style: none; }
            & > .option-list--option-highlighted {
                background: $block-cursor-background; color: $block-cursor-foreground; text-style: none;
            }
        }
        & .empty { padding: 1 2; color: $text-muted; display: none; }
        & > #about { height: 6; padding: 0 2; border-top: solid $border-blurred; }
    }
    """
    AUTO_FOCUS = "ExerciseList"

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[Entry, ...] = ()
        self._current = ""
        self._filter = ""

    def compose(self) -> ComposeResult:
        """How far, the list, what is marked."""
        yield Static("", id="sum", markup=False)
        with Panel() as panel:
            panel.border_title = "Exercises"
            yield Static("", classes="empty", markup=False)
            yield ExerciseList(markup=False)
        yield Static("", id="about", markup=False)
        yield Footer(show_command_palette=False)

    def on_screen_resume(self) -> None:
        """Coming back from an exercise: it may stand differently now."""
        self.run_worker(self._read, thread=True, exit_on_error=False, group="exercises", exclusive=True)

    @property
    def listed(self) -> ExerciseList:
        """The list."""
        return self.query_one(ExerciseList)

    @property
    def marked(self) -> Entry | None:
        """The exercise under the cursor."""
        option = self.listed.highlighted_option
        if option is None:
            return None
        return next((each for each in self._entries if each.exercise.id == option.id), None)

    def _read(self) -> None:
        self.post_message(desk_work.listed(self._tutor))

    @on(ExercisesListed)
    def show(self, event: ExercisesListed) -> None:
        """Show the exercises; the one to go on with is marked at first, and after it was left."""
        if event.problem is not None:
            self._tutor.tell_problem(event.problem)
            return
        came = not self._entries
        self._entries = event.entries
        mark = event.current if came else (self.marked.exercise.id if self.marked else "")
        self._current = event.current
        self._list(mark or event.current)
        passed = sum(each.record.state == "passed" for each in self._entries)
        total = len(self._entries)
        drawn = bar(passed / total if total else 0.0, _BAR)
        words = Content.assemble(
            (drawn, "$success"),
            ("░" * (_BAR - len(drawn)), "$border-blurred"),
            f" {passed} of {total} passed",
        )
        self.query_one("#sum", Static).update(words)

    def _list(self, mark: str) -> None:
        """Show the exercises that the filter lets through."""
        wanted = self._filter.lower().split()
        found = [each for each in self._entries if all(word in _words(each) for word in wanted)]
        width = max([12, *(len(each.exercise.id) for each in self._entries)])
        options: list[Option] = []
        lesson = 0
        for each in found:
            if each.exercise.lesson != lesson:
                lesson = each.exercise.lesson
                options.append(Option(self._heading(lesson), disabled=True))
            options.append(Option(_row(each, width, each.exercise.id == self._current), id=each.exercise.id))
        self.listed.clear_options()
        self.listed.add_options(options)
        ids = [option.id for option in options]
        self.listed.highlighted = ids.index(mark) if mark in ids else (1 if found else None)
        empty = self.query_one(".empty", Static)
        empty.display = not found
        empty.update(Content(f"No exercise fits “{one_line(self._filter, 60)}”. Esc shows them all."))
        shown = f"{one_line(self._filter, 60)}▏" if self._filter else "type to narrow the list"
        self.query_one(Panel).border_subtitle = Content(shown)
        self._show_about()

    def _heading(self, lesson: int) -> Content:
        mine = [each for each in self._entries if each.exercise.lesson == lesson]
        passed = sum(each.record.state == "passed" for each in mine)
        return Content.assemble(
            (f"Lesson {lesson}", "$secondary"), (f"  {passed} of {len(mine)}", "$foreground 50%")
        )

    @on(ExerciseList.Typed)
    def narrow(self, event: ExerciseList.Typed) -> None:
        """One letter more in the filter, or one less."""
        mark = self.marked.exercise.id if self.marked else self._current
        self._filter = self._filter + event.letter if event.letter else self._filter[:-1]
        self._filter = self._filter.lstrip()
        self._list(mark)

    @on(OptionList.OptionHighlighted)
    def _show_about(self) -> None:
        entry = self.marked
        words = Content("")
        if entry is not None:
            exercise = entry.exercise
            mark, colour = STATES[entry.record.state]
            words = Content.assemble(
                (f"{mark} {standing(entry.record)}", colour),
                (f" · {minutes(exercise)}", "$foreground 60%"),
                f"\n{clean(exercise.about)}",
                (f"\n{clean(exercise.signature)}", "$accent"),
                (f"\n{', '.join(exercise.concepts)}", "$foreground 60%"),
            )
        self.query_one("#about", Static).update(words)

    @on(OptionList.OptionSelected)
    def open_exercise(self, event: OptionList.OptionSelected) -> None:
        """Work on an exercise."""
        from tutor.tui.exercises.opening import show_exercise

        if event.option.id is not None:
            show_exercise(self._tutor, event.option.id)

    def action_back(self) -> None:
        """All exercises again, where the list is narrowed; else back."""
        if self._filter:
            mark = self.marked.exercise.id if self.marked else self._current
            self._filter = ""
            self._list(mark)
        else:
            self.dismiss(None)

    def action_close(self) -> None:
        """Back to where the person was."""
        self.dismiss(None)

    def action_progress(self) -> None:
        """Show how far the person is."""
        from tutor.tui.progress.opening import show_progress

        show_progress(self._tutor)

    def action_help(self) -> None:
        """Show the help."""
        from tutor.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self))

    @property
    def _tutor(self) -> TutorApp:
        app: Any = self.app
        return app  # type: ignore[no-any-return]


def _row(entry: Entry, width: int, is_current: bool) -> Content:
    exercise = entry.exercise
    mark, colour = STATES[entry.record.state]
    return Content.assemble(
        (f"{'▸' if is_current else ' '} ", "$accent"),
        (f"{mark} ", colour),
        (f"{exercise.id:<{width}}  ", "bold"),
        (f"{exercise.minutes:>3} min  ", "$foreground 50%"),
        (one_line(exercise.title), "$foreground 80%"),
        (f"  {', '.join(exercise.concepts)}", "$foreground 50%"),
        ("  trains" if exercise.trains else "", "$accent"),
    )


def _words(entry: Entry) -> str:
    """All that the filter looks in."""
    exercise = entry.exercise
    parts = (
        exercise.id, exercise.title, exercise.about, *exercise.names, *exercise.concepts,
        f"lesson {exercise.lesson}", entry.record.state, "trains" if exercise.trains else "",
    )  # fmt: skip
    return " ".join(parts).lower()
