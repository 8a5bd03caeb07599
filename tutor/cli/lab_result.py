"""A run as text: what it used, its metrics and curves, and everything it made to be looked at."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tutor.cli.lab_text import bar, figure, spark, took
from tutor.cli.output import say, say_styled, styled
from tutor.cli.table import say_table

if TYPE_CHECKING:
    from tools.engine.runs import Run
    from tools.engine.view import Artifact, RunView


def say_run(run: Run, view: RunView, *, whole: bool) -> None:
    """Print a run as it stands: head, metrics, curves, artifacts, what to do next.

    `whole` adds the settings and shows far more of long tables, so that the end of a run fits on few
    screens and `tutor runs show` leaves nothing out.
    """
    _say_head(view)
    if whole:
        say()
        settings = [(name, figure(value)) for name, value in run.settings.items()]
        say_table(("Setting", "Value"), settings)
    _say_metrics(view)
    for artifact in view.artifacts.values():
        say()
        say_styled(styled(artifact.title, 1))
        show = _SHOWN.get(artifact.kind)
        try:
            if show is None:
                say(f"  {artifact.path}")
            else:
                show(artifact, artifact.load(), _WHOLE if whole else _SHORT)
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            say(f"  (damaged: {artifact.path})")
    _say_next(run, view, whole=whole)


def say_failure(view: RunView) -> None:
    """Print why a run failed and what to do."""
    if view.error is not None:
        say_styled(styled(f"{view.error.title}: {view.error.message}", 31))
        if view.error.help:
            say(view.error.help)


def _say_head(view: RunView) -> None:
    colour = {"done": 32, "failed": 31, "cancelled": 33}.get(view.state, 36)
    where = f" on {view.device}" if view.device else ""
    when = f" after {took(view.seconds)}" if view.started and view.state != "starting" else ""
    say_styled(f"{styled(view.id, 1)}  {styled(view.state, colour)}{styled(when + where, 2)}")
    if view.progress is not None and view.state != "done":
        say(f"{view.progress.unit} {view.progress.done:,} of {view.progress.total:,}")
    for label, used in (("data", view.data), ("model", view.model)):
        if used:
            say(f"{label:<6} {_used(used)}")
            if used.get("note"):
                for line in textwrap.wrap(str(used["note"]), max(30, _columns() - 8)):
                    say_styled(styled(f"       {line}", 2))
    say_failure(view)


def _used(used: dict[str, Any]) -> str:
    """Name, what it stands in for, source and size, as far as they are known."""
    name = str(used.get("name", ""))
    stands_in = f" (stands in for {used['stand_in_for']})" if used.get("stand_in_for") else ""
    parts = [f"{name}{stands_in}"]
    if used.get("source") and str(used["source"]) != name:
        parts.append(str(used["source"]))
    if used.get("rows"):
        parts.append(f"{figure(used['rows'])} rows")
    if used.get("parameters"):
        count = float(used["parameters"])
        parts.append(f"{count / 1e6:.1f} M weights" if count >= 1e6 else f"{figure(count)} weights")
    return ", ".join(parts)


def _say_metrics(view: RunView) -> None:
    from tools.engine.compare import final_metrics

    found = final_metrics(view)
    if found:
        say()
        width = max(map(len, found))
        for name, value in found.items():
            say_styled(f"{styled(f'{name:<{width}}', 1)}  {styled(figure(value))}")
    curves = {name: points for name, points in view.metrics.items() if len(points) > 1}
    if curves:
        say()
        width = max(map(len, curves))
        for name, points in curves.items():
            drawn = spark(points, max(10, min(40, _columns() - width - 30)))
            say(f"{name:<{width}}  {drawn}  {figure(points[0][1])} → {figure(points[-1][1])}")


def _say_next(run: Run, view: RunView, *, whole: bool) -> None:
    say()
    say_styled(styled(f"The run's folder: {run.folder}", 2))
    if view.state == "done":
        more = "" if whole else f"tutor runs show {run.id}   "
        commands = f"{more}tutor runs export {run.id}   tutor runs compare {run.id} OTHER"
    elif view.state in ("failed", "cancelled"):
        commands = f"tutor lab resume {run.id}"
    else:
        commands = f"tutor lab watch {run.id}   tutor lab cancel {run.id}"
    say_styled(styled(f"Next: {commands}   tutor lab source {run.lab}", 2))


def _show_table(_: Artifact, data: Any, most: int) -> None:
    rows = [[figure(cell) for cell in row] for row in data["rows"]]
    say_table([str(column) for column in data["columns"]], rows[:most])
    _say_rest(len(rows) - most, "rows")


def _show_matrix(_: Artifact, data: Any, most: int) -> None:
    labels = [str(label) for label in data["labels"]]
    rows = []
    for number, (label, counts) in enumerate(zip(labels, data["counts"], strict=True)):
        share = counts[number] / sum(counts) if sum(counts) else 0.0
        rows.append([label, *map(figure, counts), f"{share:.0%}"])
    say_table(("true \\ predicted", *labels, "right"), rows)


def _show_heatmap(_: Artifact, data: Any, most: int) -> None:
    values = [[float(value) for value in row] for row in data["values"]]
    columns = [str(label) for label in data["column_labels"]]
    rows = [str(label) for label in data["row_labels"]]
    margin = min(20, max(map(len, rows), default=0))
    if margin + 7 * len(columns) <= _columns():
        cells = [[row[:margin], *(f"{value:.2f}" for value in line)] for row, line in _zipped(rows, values)]
        say_table(("", *(column[:9] for column in columns)), cells)
        return
    known = [value for line in values for value in line if value == value]
    low = float(data["low"]) if data.get("low") is not None else min(known, default=0.0)
    high = float(data["high"]) if data.get("high") is not None else max(known, default=1.0)
    for row, line in _zipped(rows, values):
        shades = "".join(_shade(value, low, high) for value in line)
        say(f"{row[:margin]:<{margin}} {shades[: max(10, _columns() - margin - 1)]}")
    say_styled(styled(f"{'':<{margin}} {' '.join(columns)[: max(10, _columns() - margin - 1)]}", 2))
    say_styled(styled(f"light {figure(low)}, dark {figure(high)}", 2))


def _zipped(rows: Sequence[str], values: Sequence[Any]) -> Sequence[tuple[str, Any]]:
    return list(zip(rows, values, strict=True))


def _shade(value: float, low: float, high: float) -> str:
    if value != value or high <= low:
        return " "
    return _SHADES[round(min(1.0, max(0.0, (value - low) / (high - low))) * (len(_SHADES) - 1))]


def _show_bars(_: Artifact, data: Any, most: int) -> None:
    labels = [str(label) for label in data["labels"]]
    values = [float(value) for value in data["values"]]
    margin = min(30, max(map(len, labels), default=0))
    longest = max((abs(value) for value in values if value == value), default=0.0)
    room = max(10, min(40, _columns() - margin - 12))
    for label, value in list(zip(labels, values, strict=True))[:most]:
        drawn = bar(abs(value), longest, room).replace("·", "") if longest and value == value else ""
        say(f"{label[:margin]:<{margin}} {'-' if value < 0 else ' '}{drawn} {figure(value)}")
    _say_rest(len(labels) - most, "bars")


def _show_examples(_: Artifact, data: Any, most: int) -> None:
    for number, item in enumerate(data["items"][: most // 2], start=1):
        facts = [f"{key} {figure(value)}" for key, value in item.items() if key not in ("text", "image")]
        shown = str(item["text"]) if "text" in item else f"image {int(item['image']) + 1}"
        lines = textwrap.wrap(" ".join(shown.split()), max(30, _columns() - 6))
        say_styled(f"{styled(f'{number:>3}.', 36)} {styled(', '.join(facts), 1)}")
        for line in lines[:4]:
            say(f"     {line}")
        if len(lines) > 4:
            say("     …")
    _say_rest(len(data["items"]) - most // 2, "examples")


def _show_images(artifact: Artifact, data: Any, most: int) -> None:
    count = len(data["pixels"])
    say(f"  {count} images in {artifact.path}")
    for number, caption in enumerate(data["captions"][:6], start=1):
        say(f"  {number}. {caption}")


def _show_text(_: Artifact, data: Any, most: int) -> None:
    lines = str(data["text"]).splitlines()
    for line in lines[: most * 3]:
        say(f"  {line}")
    _say_rest(len(lines) - most * 3, "lines")


def _say_rest(count: int, what: str) -> None:
    if count > 0:
        say_styled(styled(f"  and {count} more {what}", 2))


def _columns() -> int:
    return shutil.get_terminal_size().columns


_SHOWN: dict[str, Callable[[Artifact, Any, int], None]] = {
    "table": _show_table,
    "matrix": _show_matrix,
    "heatmap": _show_heatmap,
    "bars": _show_bars,
    "examples": _show_examples,
    "images": _show_images,
    "text": _show_text,
}
_SHORT, _WHOLE = 8, 200
_SHADES = " ░▒▓█"
