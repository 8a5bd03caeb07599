"""A run's own figures as plain data: what a chat model is given, and what explanations are computed from."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tutor.agent.plain_text import strip_controls

if TYPE_CHECKING:
    from tools.engine.view import RunView

Curve = list[tuple[float, float]]


def figures(view: RunView) -> dict[str, Any]:
    """Everything a run has measured so far, as JSON-able data; curves by their ends and extremes."""
    made: dict[str, Any] = {
        "run": view.id,
        "lab": view.lab,
        "state": view.state,
        "device": view.device,
        "seconds": round(view.seconds, 1),
        "settings": cleaned(view.settings),
        "metrics": cleaned(result_metrics(view)),
        "curves": {clean(name): _ends(curve) for name, curve in view.metrics.items() if curve},
    }
    if view.progress is not None and view.state in ("starting", "running"):
        made["progress"] = {
            "done": view.progress.done,
            "total": view.progress.total,
            "unit": clean(view.progress.unit),
            "seconds_left": view.progress.seconds_left,
        }
    for name, told in (("data", view.data), ("model", view.model)):
        if told:
            made[name] = cleaned({key: told[key] for key in _TOLD if told.get(key)})
    if view.error is not None:
        made["error"] = {"message": clean(view.error.message), "help": clean(view.error.help)}
    if pair := most_confused(view):
        made["most_confused"] = pair
    if read := misread(view):
        made["misread"] = read[:MOST_EXAMPLES]
    return made


def result_metrics(view: RunView) -> dict[str, Any]:
    """The final metrics of a run that is done, by name; empty before."""
    metrics = (view.result or {}).get("metrics")
    return dict(metrics) if isinstance(metrics, dict) else {}


def most_confused(view: RunView) -> dict[str, Any]:
    """{"truth", "predicted", "count", "of"}: the pair of classes that is mixed up most; {} where none is."""
    best: dict[str, Any] = {}
    for data in _loaded(view, "matrix"):
        labels, counts = data.get("labels"), data.get("counts")
        if not (isinstance(labels, list) and isinstance(counts, list)):
            continue
        for true, row in enumerate(counts):
            for predicted, count in enumerate(row if isinstance(row, list) else ()):
                named = true < len(labels) and predicted < len(labels)
                if named and true != predicted and _is_number(count) and count > best.get("count", 0):
                    best = {
                        "truth": clean(labels[true]),
                        "predicted": clean(labels[predicted]),
                        "count": int(count),
                        "of": int(sum(each for each in row if _is_number(each))),
                    }
    return best


def misread(view: RunView) -> list[dict[str, Any]]:
    """The examples the run got wrong, as {"text", "truth", "predicted"} with "score" where it has one."""
    found: list[dict[str, Any]] = []
    for data in _loaded(view, "examples"):
        for item in data.get("items", ()):
            if not isinstance(item, dict) or item.get("truth") == item.get("predicted"):
                continue
            shown = item.get("text", item.get("caption", ""))
            read = {
                "text": clean(shown)[:LONGEST_EXAMPLE],
                "truth": clean(item.get("truth", "")),
                "predicted": clean(item.get("predicted", "")),
            }
            if _is_number(item.get("score")):
                read["score"] = item["score"]
            found.append(read)
    return found


def strongest(view: RunView) -> list[dict[str, Any]]:
    """The run's bar charts (strongest words, next-token probabilities), as {"title", "labels", "values"}."""
    found = []
    for name, artifact in view.artifacts.items():
        if artifact.kind != "bars":
            continue
        data = _load(artifact)
        labels, values = data.get("labels"), data.get("values")
        if isinstance(labels, list) and isinstance(values, list):
            pairs = [(clean(label), value) for label, value in zip(labels, values, strict=False)]
            kept = [pair for pair in pairs if _is_number(pair[1])][:MOST_BARS]
            found.append(
                {
                    "title": clean(artifact.title or name),
                    "labels": [label for label, _ in kept],
                    "values": [value for _, value in kept],
                }
            )
    return found


def figure(value: object) -> str:
    """A number as it is quoted: whole where it is whole, else four significant digits or four decimals."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return clean(value)
    if isinstance(value, int) or (math.isfinite(value) and value == int(value) and abs(value) < 1e15):
        return f"{int(value):,}" if abs(value) >= 10_000 else str(int(value))
    if not math.isfinite(value):
        return str(value)
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return text if abs(value) >= 0.001 else f"{value:.4g}"


def clean(value: object) -> str:
    """Any value as text on one line, without control characters: what a run says is data."""
    return " ".join(strip_controls(str(value)).split())


def plain(value: object) -> str:
    """Any value as text that is no Markdown: nothing in it becomes a link, code or emphasis."""
    return re.sub(r"[*`<>\[\]|$\\]|(?<!\w)_+|_+(?!\w)", "", clean(value))


def cleaned(values: dict[str, Any]) -> dict[str, Any]:
    """Plain data with every text in it clean."""
    return {clean(name): _cleaned(value) for name, value in values.items()}


def _cleaned(value: Any) -> Any:
    if isinstance(value, dict):
        return cleaned(value)
    if isinstance(value, list | tuple):
        return [_cleaned(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, int | float | None) else clean(value)


def _ends(curve: Curve) -> dict[str, Any]:
    finite = [point for point in curve if math.isfinite(point[1])]
    ends: dict[str, Any] = {"points": len(curve), "first": _point(curve[0]), "last": _point(curve[-1])}
    if finite:
        ends["lowest"] = _point(min(finite, key=lambda point: point[1]))
        ends["highest"] = _point(max(finite, key=lambda point: point[1]))
    return ends


def _point(point: tuple[float, float]) -> list[Any]:
    step, value = point
    return [int(step) if step == int(step) else step, value if math.isfinite(value) else str(value)]


def _loaded(view: RunView, kind: str) -> list[dict[str, Any]]:
    return [_load(artifact) for artifact in view.artifacts.values() if artifact.kind == kind]


def _load(artifact: Any) -> dict[str, Any]:
    """The artifact's data; {} where its file is not what it should be (a run's folder may be damaged)."""
    try:
        data = artifact.load()
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def window(curve: Sequence[tuple[float, float]], start: float, end: float) -> list[float]:
    """The values of a curve at steps after `start`, up to and with `end`."""
    return [value for step, value in curve if start < step <= end]


_TOLD = ("name", "source", "stand_in_for", "rows", "parameters", "note")
MOST_EXAMPLES = 5
MOST_BARS = 10
LONGEST_EXAMPLE = 400
"""Characters of an example that are quoted."""
