"""Deleting a run, in a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.tui.messages import Told
from tutor.tui.problem import problem_of

if TYPE_CHECKING:
    from tutor.tui.tutor_app import TutorApp


def delete_run(tutor: TutorApp, run_id: str) -> bool:
    """Delete a run for good and say so; a running one stays. False where it could not be deleted."""
    try:
        from tools.engine.cleaning import removable, remove

        remove(removable(tutor.settings.home, ids=[run_id]))
    except Exception as error:
        tutor.post_message(Told("", problem=problem_of(error)))
        return False
    tutor.post_message(Told(f"{run_id} is deleted."))
    return True
