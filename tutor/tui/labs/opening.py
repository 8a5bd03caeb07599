"""The doors to the labs: what commands, cards and the status line call to open one of the screens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tutor.tui.labs.setup import Choice
    from tutor.tui.tutor_app import TutorApp


def show_labs(tutor: TutorApp) -> None:
    """Show all labs and runs; nothing where they are in view already."""
    from tutor.tui.labs.labs_screen import LabsScreen

    if not any(isinstance(screen, LabsScreen) for screen in tutor.screen_stack):
        tutor.push_screen(LabsScreen())


def show_run(tutor: TutorApp, run_id: str) -> None:
    """Show one run, live or done."""
    from tutor.tui.labs.run_screen import RunScreen

    screen = tutor.screen
    if isinstance(screen, RunScreen) and screen.run_id == run_id:
        return
    tutor.push_screen(RunScreen(run_id))


def set_up(
    tutor: TutorApp,
    lab: str,
    settings: dict[str, Any] | None = None,
    device: str = "auto",
    data: str | None = None,
) -> None:
    """Show a lab's settings; once it is started, its run."""
    from tutor.tui.labs.setup_screen import SetupScreen

    def begun(choice: Choice | None) -> None:
        if choice is not None and choice.run_id:
            show_run(tutor, choice.run_id)

    tutor.push_screen(SetupScreen(lab, settings, device=device, data=data), begun)


def ask(tutor: TutorApp, question: str) -> None:
    """Go back to the conversation and ask there; while an answer comes in, the question waits."""
    main = tutor.main
    while tutor.screen is not main:
        tutor.pop_screen()
    if main.chat.is_answering:
        main.composer.input.put(question)
        main.composer.input.focus()
        main.notify("The question is in the input: an answer is still coming in.")
    else:
        main.run_worker(main.chat.ask(question), exit_on_error=False)
