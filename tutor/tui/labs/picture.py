"""A run as it stands at one moment: made behind the screen, never changed, read by the widgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tutor.tui.labs.words import LIVE

if TYPE_CHECKING:
    from tools.engine.runs import Artifact, Follower
    from tools.engine.view import Failure, Progress

MOST_POINTS = 600
"""Points of a curve that are drawn; more cannot be told apart in a terminal."""
MOST_LINES = 200
"""Lines of the log that are shown."""

Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """An artifact with its data; `data` is None and `problem` says why where it could not be read."""

    artifact: Artifact
    data: Any
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known of a run. `seconds` is wall time so far, `path` the run's folder."""

    id: str
    lab: str
    path: str
    settings: Mapping[str, Any]
    state: str
    device: str
    seconds: float
    progress: Progress | None
    curves: Mapping[str, Curve]
    latest: Mapping[str, float]
    logs: tuple[str, ...]
    artifacts: Mapping[str, Shown]
    data: Mapping[str, Any]
    model: Mapping[str, Any]
    result: Mapping[str, Any] | None
    error: Failure | None
    usage: Mapping[str, float]
    can_resume: bool
    has_checkpoint: bool = False
    asked_device: str = "auto"
    asked_data: str | None = None

    @property
    def is_live(self) -> bool:
        """Whether its process is at work."""
        return self.state in LIVE

    @property
    def metrics(self) -> Mapping[str, Any]:
        """The figures of the result; while there is none, the last value of each curve."""
        found = (self.result or {}).get("metrics")
        return found if isinstance(found, dict) else self.latest

    @property
    def share(self) -> float:
        """How far it has come, 0 to 1."""
        if self.state == "done":
            return 1.0
        progress = self.progress
        return min(1.0, max(0.0, progress.done / progress.total)) if progress and progress.total else 0.0


def picture_of(follower: Follower, before: Picture | None = None, *, artifacts: bool = True) -> Picture:
    """The run as `follower` knows it now; artifacts that did not change are taken from `before`."""
    run, view = follower.run, follower.view
    known = before.artifacts if before is not None else {}
    shown = {name: _load(each, known.get(name)) for name, each in view.artifacts.items()} if artifacts else {}
    return Picture(
        id=run.id,
        lab=run.lab,
        path=str(run.folder),
        settings=dict(view.settings),
        state=view.state,
        device=view.device,
        seconds=view.seconds,
        progress=view.progress,
        curves={name: _thinned(points) for name, points in view.metrics.items()},
        latest=view.latest(),
        logs=tuple(view.logs)[-MOST_LINES:],
        artifacts=shown,
        data=dict(view.data),
        model=dict(view.model),
        result=view.result,
        error=view.error,
        usage=dict(view.usage),
        can_resume=view.state in ("failed", "cancelled"),
        has_checkpoint=run.can_resume(),
        asked_device=run.device,
        asked_data=run.data,
    )


def _thinned(points: list[tuple[float, float]]) -> Curve:
    """At most MOST_POINTS of the points, the first and the last among them."""
    if len(points) <= MOST_POINTS:
        return tuple(points)
    last = len(points) - 1
    return tuple(points[i * last // (MOST_POINTS - 1)] for i in range(MOST_POINTS))


def _load(artifact: Artifact, before: Shown | None) -> Shown:
    if before is not None and before.artifact == artifact:
        return before
    try:
        return Shown(artifact, artifact.load())
    except (OSError, ValueError, KeyError) as error:
        return Shown(artifact, None, f"{artifact.path.name} cannot be read: {error}")
