"""Leaving the app: while a run is at work, the person says what becomes of it."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.tui.labs.running import RunningRuns

if TYPE_CHECKING:
    from tutor.tui.tutor_app import TutorApp

log = logging.getLogger(__name__)


def leave(tutor: TutorApp) -> None:
    """Leave at once, or ask first where a run is at work."""
    from tutor.tui.labs.quit_screen import QuitScreen

    live = [row.id for running in tutor.main.query(RunningRuns) for row in running.live]
    if not live:
        tutor.exit()
    elif not isinstance(tutor.screen, QuitScreen):
        tutor.push_screen(QuitScreen(live), partial(_leave, tutor, live))


def _leave(tutor: TutorApp, live: list[str], answer: str | None) -> None:
    if answer == "leave":
        names = ", ".join(live)
        goes = "goes" if len(live) == 1 else "go"
        tutor.parting = f"{names} {goes} on. Open Tutor again to watch, or: tutor runs show {live[0]}"
        tutor.exit()
    elif answer == "stop":
        home = tutor.settings.home
        tutor.notify("Stopping …")
        tutor.run_worker(partial(_stop, tutor, home, live), thread=True, exit_on_error=False, group="leave")


def _stop(tutor: TutorApp, home: Path, live: list[str]) -> None:
    """In a worker: cancel the runs; one that cannot be is left, as leaving must not fail."""
    from tools.engine import local, runs

    stopped, left = [], []
    for name in live:
        try:
            local.cancel(runs.find(home, name))
            stopped.append(name)
        except Exception:
            log.warning("%s could not be cancelled", name, exc_info=True)
            left.append(name)
    words = [f"Stopped: {', '.join(stopped)}. Go on with: tutor lab resume {stopped[0]}"] if stopped else []
    words += [f"Could not be stopped: {', '.join(left)}. Try: tutor lab cancel {left[0]}"] if left else []
    tutor.parting = " ".join(words)
    tutor.call_from_thread(tutor.exit)
