"""The runs that are at work now, in the status line; says when one ends, wherever it was started."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import events, on
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tutor.tui.labs.picture import Picture, picture_of
from tutor.tui.labs.result_card import ended_words
from tutor.tui.labs.rows import RunRow, row_of
from tutor.tui.plain_text import one_line

if TYPE_CHECKING:
    from tools.engine.runs import Follower, Run
    from tutor.tui.tutor_app import TutorApp


@dataclass
class RunsSeen(Message):
    """The runs at work, newest first, and those that ended since the last look."""

    live: tuple[RunRow, ...]
    ended: tuple[Picture, ...]


class RunningRuns(Static):
    """ "lab: finetune-bert-3 42 %"; a click opens the run. Nothing while no run is at work."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    RunningRuns {
        width: auto; max-width: 40; height: 1; display: none; margin: 0 2; color: $text-accent;
        text-wrap: nowrap; text-overflow: ellipsis;
        &:hover { background: $accent; color: $background; text-style: bold; }
    }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self.live: tuple[RunRow, ...] = ()
        self._watch = _Watch()
        self._looking = False

    def on_mount(self) -> None:
        """Look every second; the first look waits until the first frame is drawn."""
        self.tooltip = "Open the run (F8: all labs and runs)"
        self.set_interval(1.0, self.look)
        self.call_after_refresh(self.look)

    def look(self) -> None:
        """Look which runs are at work, unless a look is under way."""
        if not self._looking:
            self._looking = True
            self.run_worker(self._look, thread=True, exit_on_error=False, group="running-runs")

    def _look(self) -> None:
        app: Any = self.app
        tutor: TutorApp = app
        try:
            seen = self._watch.look(tutor.settings.home)
        except Exception:  # a data folder that cannot be read says so elsewhere; here it only means none
            seen = RunsSeen((), ())
        self.post_message(seen)

    @on(RunsSeen)
    def show(self, event: RunsSeen) -> None:
        """Show the newest, and say which ended unless they are in view."""
        event.stop()
        self._looking = False
        self.live = event.live
        self.display = bool(event.live)
        if event.live:
            row = event.live[0]
            more = f" +{len(event.live) - 1}" if len(event.live) > 1 else ""
            self.update(Content(f"lab: {one_line(row.id, 28)} {row.share:.0%}{more}"))
        for picture in event.ended:
            self._tell(picture)

    async def on_click(self, event: events.Click) -> None:
        """Open the run."""
        from tutor.tui.labs.opening import show_run

        event.stop()
        app: Any = self.app
        if self.live:
            show_run(app, self.live[0].id)

    def _tell(self, picture: Picture) -> None:
        if getattr(self.app.screen, "run_id", "") == picture.id:
            return
        severity: Any = "error" if picture.state == "failed" else "information"
        words = f"{ended_words(picture)} F8 shows it."
        self.notify(words, title=one_line(picture.id, 60), severity=severity, timeout=8, markup=False)


class _Watch:
    """Which runs hold their lock; read in a worker, one look at a time."""

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}
        self._changed = -1.0
        self._followers: dict[str, Follower] = {}

    def look(self, home: Path) -> RunsSeen:
        """The runs at work now, and those that were at the last look and are no more."""
        from tools.engine import runs

        self._read(home)
        for name, run in self._runs.items():
            if name not in self._followers and run.is_alive():
                self._followers[name] = runs.Follower(run)
        ended: list[Picture] = []
        live: list[RunRow] = []
        for name, follower in list(self._followers.items()):
            follower.poll()
            if name in self._runs and not follower.ended:
                live.append(row_of(follower))
                continue
            del self._followers[name]
            if name in self._runs:
                ended.append(picture_of(follower, artifacts=False))
        live.sort(key=lambda row: row.created, reverse=True)
        return RunsSeen(tuple(live), tuple(ended))

    def _read(self, home: Path) -> None:
        """The list of runs, read anew only where the folder changed."""
        from tools.engine import runs

        try:
            changed = runs.runs_folder(home).stat().st_mtime
        except OSError:
            self._runs, self._changed = {}, -1.0
            return
        if changed != self._changed:
            self._runs = {run.id: run for run in runs.all_runs(home)}
            self._changed = changed
