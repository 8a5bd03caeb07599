"""Runs as a list shows them; read behind the screen, each run's events only once and then what is new."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.content import Content

from tutor.tui.labs.picture import Picture, picture_of
from tutor.tui.labs.words import LIVE, STATES, bar, duration, metric_name, number
from tutor.tui.plain_text import one_line

if TYPE_CHECKING:
    from tools.engine.runs import Follower

MOST_RUNS = 100
"""The newest runs that the app lists; `tutor runs` lists all."""
_TOLD = ("accuracy", "test_accuracy", "macro_f1", "val_accuracy", "val_loss", "loss")


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run in a list; `share` is how far it is (0 to 1), `figure` its most telling figure in words."""

    id: str
    lab: str
    state: str
    created: float
    share: float
    seconds: float
    figure: str

    @property
    def is_live(self) -> bool:
        """Whether its process is at work."""
        return self.state in LIVE

    def words(self) -> Content:
        """ "✓ linear-classifier-3" and below it "accuracy 0.81 · 2 min ago"."""
        mark, colour = STATES.get(self.state, ("?", ""))
        if self.is_live:
            rest = [f"{bar(self.share, 10):░<10} {self.share:.0%}"]
        elif self.state == "done":
            rest = [self.figure or duration(self.seconds), ago(self.created)]
        else:
            rest = [self.state, ago(self.created)]
        return Content.assemble(
            (f"{mark} ", colour),
            (one_line(self.id, 60), "bold"),
            (f"\n  {one_line(' · '.join(rest), 60)}", colour if self.is_live else "$foreground 60%"),
        )


class RunBook:
    """Reads all runs of a data folder; kept by whoever lists them and used in one worker at a time."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._followers: dict[str, Follower] = {}
        self._rows: dict[str, RunRow] = {}

    def rows(self) -> list[RunRow]:
        """The newest runs, newest first."""
        from tools.engine import runs

        found = runs.all_runs(self._home)[:MOST_RUNS]
        known = {run.id for run in found}
        self._followers = {name: each for name, each in self._followers.items() if name in known}
        rows = []
        for run in found:
            follower = self._followers.setdefault(run.id, runs.Follower(run))
            if follower.poll() or run.id not in self._rows:
                self._rows[run.id] = row_of(follower)
            rows.append(self._rows[run.id])
        return rows


def row_of(follower: Follower) -> RunRow:
    """A run as a list shows it."""
    picture = picture_of(follower, artifacts=False)
    created, seconds = follower.run.created, picture.seconds
    return RunRow(picture.id, picture.lab, picture.state, created, picture.share, seconds, figure_of(picture))


def figure_of(picture: Picture) -> str:
    """The most telling figure in words: "accuracy 0.81"; "" where there is none."""
    metrics = picture.metrics
    name = next((name for name in _TOLD if name in metrics), next(iter(metrics), ""))
    return f"{metric_name(name)} {number(metrics[name])}" if name else ""


def ago(created: float) -> str:
    """How long ago, in words: "just now", "12 min ago", "3 days ago"."""
    seconds = max(0.0, time.time() - created)
    if seconds < 90:
        return "just now"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min ago"
    if seconds < 129_600:
        return f"{seconds / 3600:.0f} h ago"
    return f"{seconds / 86_400:.0f} days ago"
