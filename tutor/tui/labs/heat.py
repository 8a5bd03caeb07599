"""Heat maps as lines of coloured cells: confusion matrices with their counts, attention, similarities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual.app import App
from textual.content import Content

from tutor.tui.labs.colours import Ramp, bounds_of, place, ramp_of, text_on
from tutor.tui.labs.tables import fit
from tutor.tui.labs.words import number
from tutor.tui.plain_text import one_line

_MOST_LABEL = 28


@dataclass(frozen=True, slots=True)
class _Grid:
    """What is drawn: texts may be empty, shares say how strong a cell's colour is (None: no number)."""

    rows: list[str]
    columns: list[str]
    shares: list[list[float | None]]
    texts: list[list[str]]
    corner: str = ""


def matrix_lines(data: dict[str, Any], width: int, app: App[Any]) -> list[Content]:
    """A confusion matrix, {"labels", "counts"}: a row for each true label, coloured by share of the row."""
    labels = [one_line(str(each), 60) for each in data.get("labels", [])]
    counts = data.get("counts", [])
    sums = [sum(row) or 1 for row in counts]
    shares: list[list[float | None]] = [
        [count / total for count in row] for row, total in zip(counts, sums, strict=True)
    ]
    texts = [[f"{count:,}" for count in row] for row in counts]
    grid = _Grid(labels, labels, shares, texts, "true ╲ pred.")
    lines = _grid_lines(grid, width, ramp_of(app, two_sided=False))
    right = sum(row[i] for i, row in enumerate(counts) if i < len(row))
    total = sum(sum(row) for row in counts)
    if total:
        words = f"{right:,} of {total:,} right ({right / total:.1%}); each row is a true label"
        lines += [Content(""), Content.styled(words, "$foreground 60%")]
    return lines


def heat_lines(data: dict[str, Any], width: int, app: App[Any]) -> list[Content]:
    """A heat map, {"row_labels", "column_labels", "values", "low", "high"}; numbers stand in wide cells."""
    values = data.get("values", [])
    low, high = scale_bounds(data)
    shares = [[place(value, low, high) for value in row] for row in values]
    texts = [[number(value) for value in row] for row in values]
    rows = [one_line(str(each), 60) for each in data.get("row_labels", [])]
    columns = [one_line(str(each), 60) for each in data.get("column_labels", [])]
    lines = _grid_lines(_Grid(rows, columns, shares, texts), width, heat_ramp(app, low, high))
    return [*lines, Content(""), scale_of(data, app)]


def scale_of(data: dict[str, Any], app: App[Any]) -> Content:
    """The colours of a heat map from its lowest to its highest value."""
    low, high = scale_bounds(data)
    ramp = heat_ramp(app, low, high)
    return Content.assemble(
        (f"{low:.3g} ", "$foreground 60%"),
        *((" ", f"on {ramp.at(step / 7).hex}") for step in range(8)),
        (f" {high:.3g}", "$foreground 60%"),
    )


def scale_bounds(data: dict[str, Any]) -> tuple[float, float]:
    """The ends of a heat map's scale; where it runs through 0 and no end is given, 0 is its middle."""
    low, high = bounds_of(data["values"], data.get("low"), data.get("high"))
    if low < 0 < high and data.get("low") is None and data.get("high") is None:
        most = max(-low, high)
        return -most, most
    return low, high


def heat_ramp(app: App[Any], low: float, high: float) -> Ramp:
    """Two-sided where the scale runs through 0, else from the ground to the first colour."""
    return ramp_of(app, two_sided=low < 0 < high)


def fits_cells(data: dict[str, Any], width: int) -> bool:
    """Whether a heat map has room for cells with labels; else it is drawn as a picture, pixel by pixel."""
    columns = max((len(row) for row in data.get("values", [])), default=0)
    has_labels = any(str(each).strip() for each in data.get("row_labels", []))
    return has_labels and columns * 2 + 8 <= width


def _grid_lines(grid: _Grid, width: int, ramp: Ramp) -> list[Content]:
    count = max((len(row) for row in grid.shares), default=0)
    if not count:
        return [Content.styled("Nothing to show.", "$foreground 60%")]
    columns = [*grid.columns, *[""] * (count - len(grid.columns))][:count]
    rows = [*grid.rows, *[""] * (len(grid.shares) - len(grid.rows))]
    numbered, rows, label_width, cell_width = _layout(grid, rows, columns, width)
    heads = _numbers(count, cell_width) if numbered else columns
    corner = "" if numbered else grid.corner
    lines = [
        Content.assemble(
            fit(corner, label_width).stylize("$foreground 60%"),
            " ",
            *(_centred(head, cell_width, gap=cell_width > 4).stylize("$foreground 75%") for head in heads),
        )
    ]
    for label, shares, texts in zip(rows, grid.shares, grid.texts, strict=True):
        cells = [_cell(share, text, cell_width, ramp) for share, text in zip(shares, texts, strict=True)]
        lines.append(Content.assemble(fit(label, label_width, right=True), " ", *cells))
    if numbered and columns != grid.rows:
        lines += [Content(""), *_legend(columns, width)]
    return lines


def _layout(grid: _Grid, rows: list[str], columns: list[str], width: int) -> tuple[bool, list[str], int, int]:
    """Whether columns are numbered, the rows' labels, their width and the width of a cell."""
    label_width = min(_MOST_LABEL, max([4, *(Content(each).cell_length for each in rows)]))
    label_width = min(label_width, max(4, width // 3))
    if grid.corner:
        label_width = max(label_width, min(len(grid.corner), width // 4))
    room = max(1, (width - label_width - 1) // len(columns))
    text_width = max((len(text) for row in grid.texts for text in row), default=1) + 2
    name_width = max([1, *(Content(each).cell_length for each in columns)]) + 2
    cell_width = min(room, max(text_width, min(name_width, 14)))
    room_for_name = cell_width - (cell_width > 4)
    cut = {fit(each, room_for_name).plain for each in columns}
    numbered = cell_width < min(name_width, 7) or len(cut) < len(set(columns))
    if numbered:
        cell_width = min(room, max(text_width if room >= text_width else 2, len(str(len(columns))) + 1))
        rows = [_numbered(i, name) for i, name in enumerate(rows, 1)]
        wanted = max(Content(each).cell_length for each in rows)
        label_width = max(4, min(wanted, _MOST_LABEL + 3, width - len(columns) * cell_width - 1))
    return numbered, rows, label_width, max(1, cell_width)


def _numbers(count: int, cell_width: int) -> list[str]:
    """The columns' numbers; their last digits where there is room for no more."""
    return [str(i) if len(str(i)) <= cell_width else str(i)[-cell_width:] for i in range(1, count + 1)]


def _numbered(index: int, name: str) -> str:
    """A label with its number, unless it begins or ends with that itself: "3 forest", "head 3"."""
    words = name.split()
    return name if words and str(index) in (words[0], words[-1]) else f"{index} {name}"


def _legend(columns: list[str], width: int) -> list[Content]:
    """What each column's number stands for, as many to a line as there is room for; none is broken."""
    named = [_numbered(i, name) for i, name in enumerate(columns, 1) if name]
    lines: list[str] = []
    for each in named:
        if lines and Content(f"{lines[-1]}  {each}").cell_length <= width:
            lines[-1] += f"  {each}"
        else:
            lines.append(each)
    return [Content.styled(fit(line, width).plain.rstrip(), "$foreground 60%") for line in lines]


def _cell(share: float | None, text: str, width: int, ramp: Ramp) -> Content:
    if share is None:
        return _centred("·", width).stylize("$foreground 60%")
    ground = ramp.at(share)
    shown = text if len(text) <= width - (width > 3) else ""
    return _centred(shown, width).stylize(f"{text_on(ground)} on {ground.hex}")


def _centred(text: str, width: int, *, gap: bool = False) -> Content:
    room = width - gap
    cut = fit(text, room) if Content(text).cell_length > room else Content(text)
    left = (width - cut.cell_length) // 2
    return Content(" " * left) + cut + Content(" " * (width - cut.cell_length - left))
