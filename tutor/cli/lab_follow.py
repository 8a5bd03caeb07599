"""Following a run to its end from the command line: what is shown, and what a Ctrl+C means."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tutor.cli.lab_live import LiveRun
from tutor.cli.lab_result import say_failure, say_run
from tutor.cli.output import say_json, tell
from tutor.failures import INTERRUPTED

if TYPE_CHECKING:
    from types import FrameType

    from tools.engine.runs import Run
    from tools.engine.view import Follower, RunView

_POLL_SECONDS = 0.1


def follow(run: Run, *, as_json: bool, cancels: bool, follower: Follower | None = None) -> int:
    """Show a run until it ends, from its first event or from where `follower` stands; the exit code.

    0 done, 1 failed, 130 cancelled or left. Ctrl+C cancels the run where `cancels`, else it only stops
    looking. SIGTERM, SIGHUP and a reader that leaves never touch the run.
    """
    from tools.engine.view import Follower

    follower = follower or Follower(run)
    live = None if as_json else LiveRun()
    try:
        with _listening() as told:
            _until(follower, live, told)
            if told == [signal.SIGINT] and cancels:
                _cancel(run, follower, live)
    except OSError:  # a reader that left, or a full disk behind `> file`
        tell(f"{run.id} goes on by itself. Look again: tutor lab watch {run.id}")
        raise
    finally:
        if live is not None:
            live.end()
    if not follower.ended:
        tell(f"{run.id} goes on by itself. Look again: tutor lab watch {run.id}")
        return INTERRUPTED
    return _told(run, follower.view, as_json=as_json)


def exit_code(view: RunView) -> int:
    """0 done, 1 failed, 130 cancelled."""
    return {"done": 0, "failed": 1}.get(view.state, INTERRUPTED)


def _until(follower: Follower, live: LiveRun | None, told: list[int]) -> None:
    """Show what comes until the run has ended, or this process was told to stop."""
    while not told:
        _show(follower, live)
        if follower.ended:
            return
        time.sleep(_POLL_SECONDS)


def _show(follower: Follower, live: LiveRun | None) -> None:
    events = follower.poll()
    if live is not None:
        live.show(follower.view, events)
        return
    for event in events:
        say_json({**event, "run": follower.run.id})
    if follower.ended and not any(event["event"] in _ENDINGS for event in events):
        say_json({**_unwritten_ending(follower.view), "run": follower.run.id})


def _unwritten_ending(view: RunView) -> dict[str, Any]:
    """The ending of a run that died where nothing could be written down any more."""
    error = view.error
    told = {name: getattr(error, name, "") for name in ("title", "message", "help", "retryable")}
    return {"event": "failed", "time": round(time.time(), 3), **told}


def _cancel(run: Run, follower: Follower, live: LiveRun | None) -> None:
    from tools.engine import local

    if live is not None:
        live.end()
    tell("Cancelling ...")
    local.cancel(run)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not follower.ended and time.monotonic() < deadline:
        _show(follower, live)
        time.sleep(_POLL_SECONDS)


def _told(run: Run, view: RunView, *, as_json: bool) -> int:
    """Say how the run ended where that has not been said as an event yet."""
    if not as_json:
        if view.state == "done":
            say_run(run, view, whole=False)
        elif view.state == "failed":
            say_failure(view)
    if view.state == "cancelled":
        tell(f"{run.id} is cancelled. Go on with: tutor lab resume {run.id}")
    return exit_code(view)


@contextmanager
def _listening() -> Iterator[list[int]]:
    """The signals that came, as a list that grows: an exception might tear what is being written in two.

    A second Ctrl+C interrupts at once, as a reader that reads no more would hold this process up.
    """
    told: list[int] = []

    def listen(number: int, _frame: FrameType | None) -> None:
        told.append(number)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, listen) for number in wanted}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_ENDINGS = ("result", "failed", "cancelled")
_PATIENCE_SECONDS = 5.0
