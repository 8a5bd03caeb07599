"""What the commands do: one function for each, given the screen and what followed the command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.tui.screens.main import MainScreen


def show_help(screen: MainScreen, _: str) -> None:
    """Show the help."""
    from tutor.tui.screens.help import HelpScreen

    screen.app.push_screen(HelpScreen(screen))


def new(screen: MainScreen, _: str) -> None:
    """Begin a new session."""
    screen.tutor.open_session(None)


def sessions(screen: MainScreen, _: str) -> None:
    """Show the sessions."""
    from tutor.tui.screens.sessions import SessionsScreen

    screen.app.push_screen(SessionsScreen(screen.tutor.session))


def export(screen: MainScreen, argument: str) -> None:
    """Write the session as Markdown."""
    screen.tutor.export(screen.tutor.session, Path(argument).expanduser() if argument else None)


def copy(screen: MainScreen, _: str) -> None:
    """Copy the answer."""
    if screen.chat.log_view.answer is None:
        screen.notify("There is no answer yet.")
    else:
        screen.chat.log_view.action_copy()


def sources(screen: MainScreen, _: str) -> None:
    """Go to the sources."""
    screen.show_panel("sources", True)


def open_source(screen: MainScreen, argument: str) -> None:
    """Read a source by its number."""
    if not argument.isdigit() or not screen.sources.open(int(argument)):
        screen.notify(f"There is no source {argument!r}.", severity="warning", markup=False)


def stop(screen: MainScreen, _: str) -> None:
    """Stop the answer."""
    screen.run_worker(screen.chat.stop(), exit_on_error=False)


def retry(screen: MainScreen, _: str) -> None:
    """Ask the last question again."""
    screen.run_worker(screen.chat.retry(), exit_on_error=False)


def course(screen: MainScreen, _: str) -> None:
    """Go to the course."""
    screen.show_panel("course", True)


def ingest(screen: MainScreen, argument: str) -> None:
    """Add files or a folder to the person's collection."""
    path = Path(argument.strip("\"'")).expanduser()
    if not path.exists():
        screen.notify(f"There is nothing at {path}.", severity="warning", markup=False)
        screen.composer.input.put(f"/ingest {argument}")
        return
    screen.tutor.ingest((path.absolute(),))


def model(screen: MainScreen, argument: str) -> None:
    """Choose what answers."""
    screen.tutor.change_setting("model", argument, f"Answers come from {argument} now.")


def web(screen: MainScreen, argument: str) -> None:
    """Turn the web search on or off."""
    if argument not in {"on", "off"}:
        screen.notify("Write /web on or /web off.", severity="warning")
        return
    said = "Questions may be searched on the web now." if argument == "on" else "The web is not searched."
    screen.tutor.change_setting("web_search", argument == "on", said)


def theme(screen: MainScreen, argument: str) -> None:
    """Choose the colours."""
    if argument:
        screen.tutor.choose_theme(argument)
        return
    from tutor.tui.screens.theme import ThemeScreen

    screen.app.push_screen(ThemeScreen())


def labs(screen: MainScreen, argument: str) -> None:
    """Show the labs and runs, or the settings of one lab."""
    from tutor.tui.labs.opening import set_up, show_labs

    if argument:
        set_up(screen.tutor, argument.lower().replace("_", "-"))
    else:
        show_labs(screen.tutor)


def open_run(screen: MainScreen, argument: str) -> None:
    """Show one run."""
    from tutor.tui.labs.opening import show_run

    show_run(screen.tutor, argument)


def exercises(screen: MainScreen, argument: str) -> None:
    """Show all exercises, or one to work on."""
    from tutor.tui.exercises.opening import show_exercise, show_exercises

    if argument:
        show_exercise(screen.tutor, argument)
    else:
        show_exercises(screen.tutor)


def progress(screen: MainScreen, _: str) -> None:
    """Show how far the person is."""
    from tutor.tui.progress.opening import show_progress

    show_progress(screen.tutor)


def quiz(screen: MainScreen, argument: str) -> None:
    """Ask the questions that are due, or a lesson's."""
    from tutor.tui.progress.opening import show_quiz

    if argument and not argument.isdigit():
        screen.notify("Write /quiz, or /quiz and a lesson's number.", severity="warning")
    else:
        show_quiz(screen.tutor, int(argument) if argument else None)


def leave(screen: MainScreen, _: str) -> None:
    """Leave; while a lab runs, ask what becomes of it."""
    screen.run_worker(screen.tutor.action_quit(), exit_on_error=False)
