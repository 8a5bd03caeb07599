"""The doors to progress and quiz: what commands, keys and the home screen call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.tui.tutor_app import TutorApp


def show_progress(tutor: TutorApp) -> None:
    """Show how far the learner is; nothing where it is in view already."""
    from tutor.tui.progress.progress_screen import ProgressScreen

    if not any(isinstance(screen, ProgressScreen) for screen in tutor.screen_stack):
        tutor.push_screen(ProgressScreen())


def show_quiz(tutor: TutorApp, lesson: int | None = None) -> None:
    """Ask the questions that are due, or those of one lesson."""
    from tutor.tui.progress.quiz_screen import QuizScreen

    if not any(isinstance(screen, QuizScreen) for screen in tutor.screen_stack):
        tutor.push_screen(QuizScreen(lesson))
