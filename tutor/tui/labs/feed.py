"""Follows one run for the widget that holds it: reads behind the screen, hands up pictures of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import on
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from tutor.tui.labs.picture import Picture, picture_of
from tutor.tui.problem import Problem, problem_of

if TYPE_CHECKING:
    from tools.engine.runs import Follower
    from tutor.tui.tutor_app import TutorApp

LOOKS_A_SECOND = 5


class RunFeed(Widget):
    """Takes up no room; posts Changed to the widget that holds it, LOOKS_A_SECOND times a second at most."""

    DEFAULT_CSS = "RunFeed { display: none; }"

    class Changed(Message):
        """The run stands like this now."""

        def __init__(self, picture: Picture) -> None:
            super().__init__()
            self.picture = picture

        def can_replace(self, message: Message) -> bool:
            """A screen slower than the run shows the newest picture only."""
            return isinstance(message, RunFeed.Changed) and message.picture.id == self.picture.id

    class Lost(Message):
        """The run cannot be followed any more."""

        def __init__(self, run_id: str, problem: Problem) -> None:
            super().__init__()
            self.run_id = run_id
            self.problem = problem

    class _Looked(Message):
        """One look is over; `picture` is None where nothing is new."""

        def __init__(self, picture: Picture | None) -> None:
            super().__init__()
            self.picture = picture

    def __init__(self, run_id: str, *, artifacts: bool = True) -> None:
        super().__init__()
        self.run_id = run_id
        self._artifacts = artifacts
        self._follower: Follower | None = None
        self._picture: Picture | None = None
        self._looking = False
        self._ticks = 0
        self._timer: Timer | None = None

    def on_mount(self) -> None:
        """Look at once, then regularly."""
        self._timer = self.set_interval(1 / LOOKS_A_SECOND, self._tick)
        self.look()

    def look(self) -> None:
        """Look for what is new, unless a look is under way."""
        if not self._looking:
            self._looking = True
            self.run_worker(self._poll, thread=True, exit_on_error=False, group="run-feed")

    def _tick(self) -> None:
        """A run that has ended is looked at once a second: it may be resumed from elsewhere."""
        self._ticks += 1
        rests = self._picture is not None and not self._picture.is_live
        if not rests or self._ticks % LOOKS_A_SECOND == 0:
            self.look()

    def _poll(self) -> None:
        """In a worker: read the run's events; the follower and the last picture belong to this one look."""
        try:
            if self._follower is None:
                self._follower = _follow(self.app, self.run_id)
            elif not self._follower.run.folder.is_dir():
                self._follower.run.folder.stat()  # raises: the run was deleted
            new = self._follower.poll()
            before = self._picture
            if new or before is None or before.state != self._follower.view.state:
                self.post_message(self._Looked(picture_of(self._follower, before, artifacts=self._artifacts)))
            else:
                self.post_message(self._Looked(None))
        except FileNotFoundError:
            gone = Problem("The run is gone", f"{self.run_id} was deleted.")
            self.post_message(self.Lost(self.run_id, gone))
        except Exception as error:
            self.post_message(self.Lost(self.run_id, problem_of(error)))

    @on(_Looked)
    def _tell(self, event: RunFeed._Looked) -> None:
        event.stop()
        self._looking = False
        if event.picture is not None:
            self._picture = event.picture
            self.post_message(self.Changed(event.picture))

    @on(Lost)
    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.stop()


def _follow(app: Any, run_id: str) -> Follower:
    from tools.engine import runs

    tutor: TutorApp = app
    return runs.Follower(runs.find(tutor.settings.home, run_id))
