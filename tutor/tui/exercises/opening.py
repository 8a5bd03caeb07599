"""The doors to the exercises: what commands, the home screen and other screens call to open one of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tutor.tui.tutor_app import TutorApp


def show_exercises(tutor: TutorApp) -> None:
    """Show all exercises; nothing where they are in view already."""
    from tutor.tui.exercises.list_screen import ExercisesScreen

    if not any(isinstance(screen, ExercisesScreen) for screen in tutor.screen_stack):
        tutor.push_screen(ExercisesScreen())


def show_exercise(tutor: TutorApp, exercise_id: str) -> None:
    """Show one exercise to work on, in place of one that is in view."""
    from tutor.tui.exercises.exercise_screen import ExerciseScreen

    screen = tutor.screen
    if isinstance(screen, ExerciseScreen):
        if screen.exercise_id != exercise_id:
            screen.open_other(exercise_id)
    elif any(isinstance(each, ExerciseScreen) for each in tutor.screen_stack):
        tutor.notify("Another exercise is open beneath this screen.", severity="warning")
    else:
        tutor.push_screen(ExerciseScreen(exercise_id))


def put_question(tutor: TutorApp, question: str | None) -> None:
    """Go back to the conversation with the beginning of a question, where there is one."""
    if question:
        while tutor.screen is not tutor.main:
            tutor.pop_screen()
        tutor.main.after_reading(question)


def keep_unsaved(tutor: TutorApp) -> None:
    """Save what an open editor holds, before the app ends."""
    for screen in tutor.screen_stack:
        for each in screen.query("EditorPane"):
            editor: Any = each
            words = editor.keep().words
            if words:
                tutor.parting = f"{tutor.parting} {words}".strip()
