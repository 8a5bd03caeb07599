"""Two runs side by side: the settings that differ, their metrics, and the curves that both drew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tools.engine.view import RunView

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting (or what a run ran on) that differs; None where one of the labs has no such setting."""

    name: str
    first: Any
    second: Any


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure of both runs: a number or text, None where a run has none.

    `difference` is second minus first where both are numbers; `better` says which run has the
    better one, "" where they tie or nobody can say which way is better.
    """

    name: str
    first: float | str | None
    second: float | str | None
    difference: float | None
    better: str


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve of both runs as (step, value)."""

    name: str
    first: tuple[Point, ...]
    second: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs compared, the one named first being `first`; `notes` are sentences on what limits it."""

    first: str
    second: str
    settings: tuple[Difference, ...]
    metrics: tuple[Metric, ...]
    curves: tuple[Curve, ...]
    notes: tuple[str, ...]

    def public(self) -> dict[str, Any]:
        """The comparison as plain data."""
        return {
            "first": self.first,
            "second": self.second,
            "settings": [
                {"name": each.name, "first": each.first, "second": each.second} for each in self.settings
            ],
            "metrics": [
                {
                    "name": each.name,
                    "first": each.first,
                    "second": each.second,
                    "difference": each.difference,
                    "better": each.better,
                }
                for each in self.metrics
            ],
            "curves": {
                each.name: {
                    "first": [list(point) for point in each.first],
                    "second": [list(point) for point in each.second],
                }
                for each in self.curves
            },
            "notes": list(self.notes),
        }


def compare(first: RunView, second: RunView) -> Comparison:
    """Compare two runs of the same lab or of two labs; runs that are not done count with what they have."""
    return Comparison(
        first.id,
        second.id,
        tuple(_settings(first, second)),
        tuple(_metrics(first, second)),
        tuple(_curves(first, second)),
        tuple(_notes(first, second)),
    )


def final_metrics(view: RunView) -> dict[str, float | str]:
    """A run's figures: those of its result, else the last value of each curve."""
    if view.result is not None and isinstance(view.result.get("metrics"), dict):
        return {str(name): value for name, value in view.result["metrics"].items()}
    return dict(view.latest())


def higher_is_better(name: str) -> bool | None:
    """Which way a metric improves, by its name; None where the name does not say."""
    words = name.lower()
    if any(part in words for part in _LOWER):
        return False
    return True if any(part in words for part in _HIGHER) else None


def _settings(first: RunView, second: RunView) -> list[Difference]:
    """What differs of lab, settings, device, data and model; the order is the first lab's own."""
    found = [] if first.lab == second.lab else [Difference("lab", first.lab, second.lab)]
    for name in dict.fromkeys([*first.settings, *second.settings]):
        one, other = first.settings.get(name), second.settings.get(name)
        if one != other or (name in first.settings) != (name in second.settings):
            found.append(Difference(name, one, other))
    if first.device and second.device and first.device != second.device:
        found.append(Difference("device", first.device, second.device))
    for name in ("data", "model"):
        one, other = _used(getattr(first, name)), _used(getattr(second, name))
        if one != other and one and other:
            found.append(Difference(name, one, other))
    return found


def _used(values: dict[str, Any]) -> str:
    """What was used, as told apart: its name, source and rows or hash."""
    parts = [str(values[key]) for key in ("name", "source") if values.get(key)]
    if values.get("rows"):
        parts.append(f"{values['rows']} rows")
    if values.get("hash"):
        parts.append(str(values["hash"])[:12])
    return ", ".join(parts)


def _metrics(first: RunView, second: RunView) -> list[Metric]:
    ours, theirs = final_metrics(first), final_metrics(second)
    if first.result is not None and second.result is not None:
        ours, theirs = {**ours, "seconds": _took(first)}, {**theirs, "seconds": _took(second)}
    found = []
    for name in dict.fromkeys([*ours, *theirs]):
        one, other = ours.get(name), theirs.get(name)
        difference = None
        if _is_number(one) and _is_number(other):
            assert isinstance(one, int | float)
            assert isinstance(other, int | float)
            difference = other - one
        found.append(Metric(name, one, other, difference, _better(name, difference, first, second)))
    return found


def _took(view: RunView) -> float:
    """The seconds that the result names, which a resumed run's pause is no part of."""
    assert view.result is not None
    seconds = view.result.get("seconds")
    return float(seconds) if isinstance(seconds, int | float) else view.seconds


def _better(name: str, difference: float | None, first: RunView, second: RunView) -> str:
    upwards = higher_is_better(name)
    if not difference or upwards is None or difference != difference:
        return ""
    return second.id if (difference > 0) == upwards else first.id


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _curves(first: RunView, second: RunView) -> list[Curve]:
    """The curves that either has; those that both have come first."""
    ours, theirs = first.metrics, second.metrics
    names = sorted(dict.fromkeys([*ours, *theirs]), key=lambda name: not (name in ours and name in theirs))
    return [Curve(name, tuple(ours.get(name, ())), tuple(theirs.get(name, ()))) for name in names]


def _notes(first: RunView, second: RunView) -> list[str]:
    notes = []
    if first.id == second.id:
        notes.append("Both are the same run.")
    for view in (first, second):
        if view.state != "done":
            notes.append(f"{view.id} is {view.state}: its figures are those of the last step it reported.")
    one, other = first.data.get("hash"), second.data.get("hash")
    if one and other and one != other:
        notes.append("The two runs saw different data, so their figures are not of the same test.")
    return notes


_LOWER = ("loss", "error", "perplexity", "seconds", "unparsed", "failed", "not_parsed", "memory")
_HIGHER = (
    "accuracy",
    "f1",
    "precision",
    "recall",
    "auc",
    "share_parsed",
    "parsed",
    "per_second",
    "similarity_gap",
)
