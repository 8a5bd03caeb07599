"""Where the person was and what comes next, as lines that lead there; for a newcomer, where to begin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tutor.tui.exercises.words import counted
from tutor.tui.plain_text import one_line
from tutor.tui.problem import problem_of

if TYPE_CHECKING:
    from tutor.learner.progress import HomeSummary, Last
    from tutor.tui.tutor_app import TutorApp


@dataclass
class HomeRead(Message):
    """Where the person was and what comes next; None where that cannot be read."""

    home: HomeSummary | None


def read_home(tutor: TutorApp) -> HomeRead:
    """Read it; in a worker. A home that cannot be read is none: each screen says its own why."""
    try:
        from tutor.learner_desk import LearnerDesk

        return HomeRead(LearnerDesk(tutor.settings, tutor.store).home())
    except Exception as error:
        problem_of(error)
        return HomeRead(None)


class HomeLinks(OptionList):
    """One line each for the last thing done, the next exercise, and questions that are due."""

    HELP = """\
    ## Where you were

    What you did last, what comes next, and what is due. **Enter** or a click goes there; the key
    before a line leads there from anywhere.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "down", "down", "Down", id="home.down", show=False, tooltip="Down; at the end to the questions"
        )
    ]
    DEFAULT_CSS = """
    HomeLinks {
        display: none; border: none; background: transparent; padding: 0; margin: 0 0 1 0; height: auto;
        text-wrap: nowrap; text-overflow: ellipsis;
        &:focus { background-tint: $foreground 0%; border: none; }
        & > .option-list--option-highlighted {
            background: transparent; color: $foreground; text-style: none;
        }
        &:focus > .option-list--option-highlighted {
            background: $block-cursor-background; color: $block-cursor-foreground; text-style: none;
        }
    }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._home: HomeSummary | None = None

    def show(self, event: HomeRead) -> None:
        """Show what was read."""
        self._home = event.home
        lines = list(_lines(event.home)) if event.home is not None else []
        place = self.highlighted or 0
        self.clear_options()
        self.add_options([Option(words, id=name) for name, words in lines])
        self.highlighted = min(place, len(lines) - 1) if lines else None
        self.display = bool(lines)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go where the line leads."""
        event.stop()
        home, app = self._home, self.app
        tutor: Any = app
        if home is None:
            return
        if event.option.id == "last" and home.last is not None:
            _go_back(tutor, home.last)
        elif event.option.id == "quiz":
            from tutor.tui.progress.opening import show_quiz

            show_quiz(tutor)
        elif home.next is not None:
            from tutor.tui.exercises.opening import show_exercise

            show_exercise(tutor, home.next.id)

    def action_down(self) -> None:
        """Down; from the last line to the questions below."""
        if self.highlighted is not None and self.highlighted >= self.option_count - 1:
            self.screen.focus_next()
        else:
            self.action_cursor_down()


def _lines(home: HomeSummary) -> Iterator[tuple[str, Content]]:
    """The lines, each with what it leads to."""
    upcoming = home.next if home.next is not None and home.next.kind == "exercise" else None
    if home.last is None:
        if upcoming is not None:
            words = f"Read lesson {upcoming.lesson}, then {upcoming.id}"
            yield "next", _line("F2 F7", "New here?", words)
        return
    last = home.last
    key, words = _words(last)
    yield "last", _line(key, "Where you were:", words)
    if upcoming is not None and not (last.kind == "exercise" and last.name == upcoming.id):
        yield "next", _line("F7", "What comes next:", f"{upcoming.id} · {upcoming.title}")
    if home.due:
        yield "quiz", _line("F6", "Due:", counted(home.due, "quiz question"))


def _words(last: Last) -> tuple[str, str]:
    """The key that leads to its like, and what was done last."""
    name, title = one_line(last.name, 60), one_line(last.title, 100)
    return {
        "exercise": ("F7", f"{name} · {title}"),
        "run": ("F8", f"the run {name}"),
        "session": ("F4", f"“{title}”" if title else f"session {name}"),
        "section": ("F2", f"reading “{title}”"),
    }[last.kind]


def _line(key: str, label: str, words: str) -> Content:
    return Content.assemble(
        (f" {key} ", "bold $accent"), (f" {label} ", "$foreground 60%"), one_line(words, 200)
    )


def _go_back(tutor: TutorApp, last: Last) -> None:
    """Open what was done last."""
    if last.kind == "exercise":
        from tutor.tui.exercises.opening import show_exercise

        show_exercise(tutor, last.name)
    elif last.kind == "run":
        from tutor.tui.labs.opening import show_run

        show_run(tutor, last.name)
    elif last.kind == "session":
        tutor.open_session(last.name)
    else:
        from tutor.tui.course_tree import Place

        place = Place(last.title, section_id=last.name)
        tutor.main.read(place, (place,))
