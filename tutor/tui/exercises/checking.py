"""One check at a time, in a thread: begun, stopped, begun anew where the file was saved meanwhile."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from tutor.tui.exercises import desk_work

if TYPE_CHECKING:
    from tutor.tui.tutor_app import TutorApp


class Checking:
    """The check that is under way for `exercise_id`, where one is; it tells `screen` how it goes."""

    def __init__(self, screen: Screen[Any], exercise_id: str) -> None:
        self._screen = screen
        self._exercise_id = exercise_id
        self._number = 0
        self._cancelled: threading.Event | None = None
        self._again = False

    @property
    def is_running(self) -> bool:
        """Whether a check is under way."""
        return self._cancelled is not None

    def begin(self, code: str | None = None) -> bool:
        """Begin a check; where one is under way, stop it, for another to follow. Whether it has begun."""
        if self._cancelled is not None:
            self._again = True
            self._cancelled.set()
            return False
        self._number += 1
        self._cancelled = threading.Event()
        app: Any = self._screen.app
        tutor: TutorApp = app
        post = self._screen.post_message
        check = partial(desk_work.check, tutor, self._exercise_id, code, self._number, self._cancelled, post)
        self._screen.run_worker(check, thread=True, exit_on_error=False, group="check")
        return True

    def stop(self) -> None:
        """Stop the check that is under way."""
        self._again = False
        if self._cancelled is not None:
            self._cancelled.set()

    def is_of(self, number: int) -> bool:
        """Whether what a check tells is of the one that is wanted."""
        return number == self._number and not self._again

    def ended(self) -> bool:
        """The check is over; whether another is to follow."""
        again, self._again, self._cancelled = self._again, False, None
        return again
