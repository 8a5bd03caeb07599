"""Every command of the app, once: what follows the slash, what the palette says, and when it is possible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.tui import command_actions as do

if TYPE_CHECKING:
    from tutor.tui.screens.main import MainScreen


@dataclass(frozen=True, slots=True)
class Command:
    """A command; `action` is given the screen and what followed the command.

    `argument` says what may follow ("PATH", "on|off"); `needed` whether something must. `possible`
    is asked each time the command is offered. `choices` lists what may follow, given what was typed;
    where `spread`, a search in the palette finds the command with each.
    """

    name: str
    group: str
    title: str
    help: str
    action: Callable[[MainScreen, str], None]
    argument: str = ""
    needed: bool = False
    possible: Callable[[MainScreen], bool] = lambda screen: True
    choices: Callable[[MainScreen, str], list[str]] = lambda screen, typed: []
    spread: bool = False

    @property
    def slash(self) -> str:
        """The command as it is typed."""
        return f"/{self.name}"

    @property
    def palette_name(self) -> str:
        """The command as the palette names it."""
        return f"{self.group}: {self.title}"

    def run(self, screen: MainScreen, argument: str = "") -> None:
        """Do it."""
        self.action(screen, argument.strip())


def find(name: str) -> Command | None:
    """The command of that name, given without its slash."""
    return next((command for command in COMMANDS if command.name == name.lower()), None)


def matching(screen: MainScreen, typed: str) -> list[Command]:
    """The commands that are possible now and begin with `typed`; then those that hold it."""
    possible = [command for command in COMMANDS if command.possible(screen)]
    typed = typed.lower()
    first = [command for command in possible if command.name.startswith(typed)]
    return first + [c for c in possible if c not in first and typed and typed in c.name]


def _paths(screen: MainScreen, typed: str) -> list[str]:
    """Files and folders whose path begins with what was typed."""
    from pathlib import Path

    folder, _, start = typed.rpartition("/")
    base = Path(f"{folder}/").expanduser() if folder or typed.startswith("/") else Path()
    try:
        names = sorted(
            entry.name + "/" * entry.is_dir()
            for entry in base.iterdir()
            if entry.name.startswith(start) and (start.startswith(".") or not entry.name.startswith("."))
        )
    except (OSError, RuntimeError):
        return []
    head = f"{folder}/" if folder or typed.startswith("/") else ""
    return [head + name for name in names[:50]]


def _begins(choices: list[str], typed: str) -> list[str]:
    return [choice for choice in choices if choice.startswith(typed) and choice != typed]


def _labs(screen: MainScreen, typed: str) -> list[str]:
    """The labs' names, in the order of the lessons."""
    from tools.labs import LABS

    return _begins([info.name for info in sorted(LABS.values(), key=lambda each: each.lesson)], typed)


def _exercises(screen: MainScreen, typed: str) -> list[str]:
    """The exercises' ids, in the order of the course."""
    from tools.exercises.catalog import exercises

    return _begins([each.id for each in exercises()], typed)


def _has_runs(screen: MainScreen) -> bool:
    """Whether any lab was ever run; asked with each key, so it reads no run."""
    try:
        return any((screen.tutor.settings.home / "runs").iterdir())
    except OSError:
        return False


def _runs(screen: MainScreen, typed: str) -> list[str]:
    """The newest runs' IDs."""
    from tools.engine import runs

    return _begins([run.id for run in runs.all_runs(screen.tutor.settings.home)[:50]], typed)


COMMANDS: tuple[Command, ...] = (
    Command("help", "app", "help", "What every panel does, and all keys", do.show_help),
    Command("new", "session", "new", "Begin a new session", do.new, possible=lambda s: s.has_turns),
    Command("sessions", "session", "open another", "Open, export or delete sessions", do.sessions),
    Command(
        "export",
        "session",
        "export",
        "Write this session to a Markdown file",
        do.export,
        argument="[FILE]",
        possible=lambda s: s.has_turns,
        choices=_paths,
    ),
    Command(
        "copy",
        "answer",
        "copy",
        "Copy the answer as Markdown",
        do.copy,
        possible=lambda s: s.chat.log_view.answer is not None,
    ),
    Command(
        "sources",
        "answer",
        "sources",
        "Go to the sources of the answer",
        do.sources,
        possible=lambda s: bool(s.sources.sources),
    ),
    Command(
        "open",
        "answer",
        "open source",
        "Read source N where it stands",
        do.open_source,
        argument="N",
        needed=True,
        possible=lambda s: bool(s.sources.sources),
        choices=lambda s, typed: _begins([str(each.n) for each in s.sources.sources], typed),
    ),
    Command(
        "stop",
        "answer",
        "stop",
        "Stop the answer and keep what came",
        do.stop,
        possible=lambda s: s.chat.is_answering,
    ),
    Command(
        "retry",
        "answer",
        "ask again",
        "Ask the last question again",
        do.retry,
        possible=lambda s: s.has_turns and not s.chat.is_answering,
    ),
    Command("course", "panel", "course", "Go to the course and your collections", do.course),
    Command("labs", "lab", "show labs and runs", "See all labs, and the runs live and past", do.labs),
    Command(
        "lab",
        "lab",
        "run",
        "Set up a lab and run it",
        do.labs,
        argument="NAME",
        needed=True,
        choices=_labs,
        spread=True,
    ),
    Command(
        "run",
        "lab",
        "open run",
        "Look at a run, live or past",
        do.open_run,
        argument="ID",
        needed=True,
        possible=_has_runs,
        choices=_runs,
    ),
    Command(
        "exercises", "exercise", "show all", "Write code for the lessons and have it checked", do.exercises
    ),
    Command(
        "exercise",
        "exercise",
        "open",
        "Work on an exercise",
        do.exercises,
        argument="NAME",
        needed=True,
        choices=_exercises,
        spread=True,
    ),
    Command("progress", "exercise", "progress", "See how far you are, and what comes next", do.progress),
    Command(
        "quiz",
        "exercise",
        "quiz",
        "Answer the questions that are due, or a lesson's",
        do.quiz,
        argument="[LESSON]",
    ),
    Command(
        "ingest",
        "material",
        "add",
        "Add files or a folder to your own collection",
        do.ingest,
        argument="PATH",
        needed=True,
        possible=lambda s: not s.is_ingesting,
        choices=_paths,
    ),
    Command(
        "model",
        "settings",
        "model",
        "Choose what answers: guide, or openai:NAME",
        do.model,
        argument="NAME",
        needed=True,
        possible=lambda s: not s.chat.is_answering,
        choices=lambda s, typed: _begins(["guide", "openai:"], typed),
    ),
    Command(
        "web",
        "settings",
        "web search",
        "Let questions be searched on the web, or not",
        do.web,
        argument="on|off",
        needed=True,
        possible=lambda s: not s.chat.is_answering,
        choices=lambda s, typed: _begins(["on", "off"], typed),
    ),
    Command(
        "theme",
        "settings",
        "theme",
        "Choose the colours",
        do.theme,
        argument="[NAME]",
        choices=lambda s, typed: _begins(sorted(s.app.available_themes), typed),
    ),
    Command("quit", "app", "quit", "Leave Tutor; the session is kept", do.leave),
)
