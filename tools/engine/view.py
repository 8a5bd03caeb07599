"""What a run's events amount to, kept up to date as they come."""

from __future__ import annotations

import json
import math
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tools.engine.events import ENDINGS, EventReader, number

if TYPE_CHECKING:
    from tools.engine.runs import Run

State = Literal["starting", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Artifact:
    """Something a run made to be looked at; `kind` says how its file is to be shown.

    Kinds: table, matrix, heatmap, examples, bars and text are JSON; images is a .npy of uint8
    [n, height, width, 3] with its captions beside it; folder is a folder. `version` grows with
    each redraw.
    """

    name: str
    kind: str
    title: str
    path: Path
    version: int = 1

    def load(self) -> Any:
        """The artifact's data: a dict, or for images a dict with "pixels" (an array) and "captions".

        Raises ValueError or OSError where the file is not what it should be.
        """
        if self.kind == "folder":
            return {"path": str(self.path)}
        if self.kind != "images":
            return json.loads(self.path.read_text(encoding="utf-8"))
        import numpy as np

        captions = json.loads(self.path.with_suffix(".json").read_text(encoding="utf-8"))
        return {"pixels": np.load(self.path, allow_pickle=False), "captions": captions["captions"]}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come; `seconds_left` is None until it can be told."""

    done: int
    total: int
    unit: str
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run failed, and what to do."""

    title: str
    message: str
    help: str
    retryable: bool


@dataclass(slots=True)
class RunView:
    """A run as it stands. Times are unix seconds, `seconds` is wall time from start to end (or now).

    `doing` is what it logged since it last reported progress, such as what comes after the last step.
    """

    id: str
    lab: str
    settings: dict[str, Any]
    state: State = "starting"
    device: str = ""
    started: float | None = None
    ended: float | None = None
    resumed_from: int | None = None
    progress: Progress | None = None
    points: dict[str, dict[float, float]] = field(default_factory=dict)
    logs: deque[str] = field(default_factory=lambda: deque(maxlen=500))
    doing: str = ""
    artifacts: dict[str, Artifact] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    model: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] | None = None
    error: Failure | None = None
    usage: dict[str, float] = field(default_factory=dict)

    @property
    def metrics(self) -> dict[str, list[tuple[float, float]]]:
        """Each curve as (step, value) in the order of steps."""
        return {name: sorted(points.items()) for name, points in self.points.items()}

    @property
    def seconds(self) -> float:
        """Wall time so far; 0 before it started."""
        return (self.ended or time.time()) - self.started if self.started else 0.0

    def latest(self) -> dict[str, float]:
        """The last value of each curve."""
        return {name: points[max(points)] for name, points in self.points.items() if points}


class Follower:
    """Follows one run: `poll` takes in what is new, `view` is always what is known so far."""

    def __init__(self, run: Run, notice_death: bool = True) -> None:
        """Follow from the first event; `notice_death` looks whether a silent run still has a process."""
        self.run = run
        self.view = RunView(run.id, run.lab, run.settings)
        self._reader = EventReader(run.folder)
        self._notice_death = notice_death
        self._next_look = 0.0

    @property
    def ended(self) -> bool:
        """Whether the run has ended, one way or another."""
        return self.view.state in ("done", "failed", "cancelled")

    def poll(self) -> list[dict[str, Any]]:
        """The events that came since the last poll; one that closes a dead run may be among them."""
        events = self._take()
        if self._notice_death and not self.ended and time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + _LOOK_SECONDS
            if not self.run.is_alive():
                from tools.engine.runs import close_dead

                close_dead(self.run)
                events += self._take()
                if not self.ended:  # its folder cannot be written
                    self._fail(_SILENT)
        return events

    def _take(self) -> list[dict[str, Any]]:
        events = self._reader.poll()
        for event in events:
            self._apply(event)
        return events

    def _apply(self, event: dict[str, Any]) -> None:
        view, kind = self.view, event["event"]
        if kind == "metric":
            _add_points(view, event)
        elif kind == "progress":
            _set_progress(view, event)
            view.doing = ""
        elif kind == "log":
            view.doing = str(event.get("text", ""))
            view.logs.append(view.doing)
        elif kind == "artifact":
            self._add_artifact(event)
        elif kind in ("data", "model"):
            setattr(view, kind, {key: value for key, value in event.items() if key not in ("event", "time")})
        elif kind == "starting":
            view.state, view.ended, view.error, view.result = "starting", None, None, None
        elif kind == "started":
            self._begin(event)
        elif kind in ENDINGS:
            self._end(event)

    def _begin(self, event: dict[str, Any]) -> None:
        view = self.view
        view.state, view.ended, view.error = "running", None, None
        view.doing = ""
        view.device = str(event.get("device", ""))
        view.started = number(event.get("time"))
        resumed = event.get("resumed_from")
        view.resumed_from = resumed if isinstance(resumed, int) else None
        if view.resumed_from is None:
            view.points.clear()

    def _end(self, event: dict[str, Any]) -> None:
        view, kind = self.view, event["event"]
        view.ended = number(event.get("time"))
        if kind == "result":
            view.state = "done"
            view.result = {key: value for key, value in event.items() if key not in ("event", "time")}
        elif kind == "failed":
            self._fail(event)
        else:
            view.state = "cancelled"

    def _fail(self, event: dict[str, Any]) -> None:
        self.view.state = "failed"
        self.view.error = Failure(
            str(event.get("title", "")),
            str(event.get("message", "")),
            str(event.get("help", "")),
            bool(event.get("retryable", False)),
        )

    def _add_artifact(self, event: dict[str, Any]) -> None:
        name, file = str(event.get("name", "")), str(event.get("file", ""))
        path = (self.run.folder / "artifacts" / file).resolve()
        if not path.is_relative_to((self.run.folder / "artifacts").resolve()):
            return  # a hand-made event pointing elsewhere
        old = self.view.artifacts.get(name)
        self.view.artifacts[name] = Artifact(
            name,
            str(event.get("kind", "")),
            str(event.get("title", "")) or name,
            path,
            old.version + 1 if old else 1,
        )


def _add_points(view: RunView, event: dict[str, Any]) -> None:
    step, values = number(event.get("step")), event.get("values")
    if step is None or not math.isfinite(step) or not isinstance(values, dict):
        return
    for name, given in values.items():
        value = number(given)
        if value is not None:
            view.points.setdefault(name, {})[step] = value


def _set_progress(view: RunView, event: dict[str, Any]) -> None:
    done, total = number(event.get("done")), number(event.get("total"))
    if done is not None and total is not None and math.isfinite(done) and math.isfinite(total):
        left = number(event.get("seconds_left"))
        view.progress = Progress(int(done), int(total), str(event.get("unit", "")), left)
    used = event.get("usage")
    if isinstance(used, dict):
        view.usage = {name: value for name, each in used.items() if (value := number(each)) is not None}


_LOOK_SECONDS = 0.5
_SILENT = {
    "title": "The run ended without a word",
    "message": "Its process is gone, and its folder cannot be written.",
    "help": "Check the data folder with: tutor doctor",
    "retryable": True,
}
