"""A formula laid out over several lines: stacked fractions, limits above and below, matrices."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from unicodedata import normalize

from rich.cells import cell_len

from tutor.latex.inline import ends_open, gaps, is_name, line, script
from tutor.latex.parse import Fenced, Fraction, Grid, Node, Root, Row, Scripts, parse
from tutor.latex.symbols import BIG_OPERATORS, LIMIT_WORDS, SUBSCRIPT, SUPERSCRIPT, scripted


@dataclass(frozen=True, slots=True)
class Box:
    """Lines of equal cell width; `base` is the index of the line that the surrounding text runs on."""

    lines: tuple[str, ...]
    base: int

    @property
    def width(self) -> int:
        """In terminal cells."""
        return cell_len(self.lines[0]) if self.lines else 0


def to_block(source: str) -> str:
    """A LaTeX formula, without its dollars, as one or more lines of Unicode."""
    laid_out = box(parse(source))
    return normalize("NFC", "\n".join(each.rstrip() for each in laid_out.lines).strip("\n"))


def box(node: Node) -> Box:
    """One node of a formula as a box."""
    if isinstance(node, Row):
        return _row(node)
    if isinstance(node, Scripts):
        return _scripts(node)
    if isinstance(node, Fraction):
        return _fraction(node)
    if isinstance(node, Root):
        body = box(node.body)
        if len(body.lines) == 1:
            return _text(line(node))
        return _beside([_text("√"), _between("(", body, ")")])
    if isinstance(node, Fenced):
        return _between(node.left, box(node.body), node.right)
    if isinstance(node, Grid):
        return _grid(node)
    return _text(node.text)


def _text(text: str) -> Box:
    return Box((text,), 0)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def _center(text: str, width: int) -> str:
    left = (width - cell_len(text)) // 2
    return _pad(" " * left + text, width)


def _beside(boxes: list[Box]) -> Box:
    """Boxes in a row, their base lines level."""
    boxes = [each for each in boxes if each.lines]
    if not boxes:
        return _text("")
    above = max(each.base for each in boxes)
    below = max(len(each.lines) - each.base for each in boxes)
    lines = []
    for y in range(above + below):
        cells = []
        for each in boxes:
            inner = y - above + each.base
            cells.append(each.lines[inner] if 0 <= inner < len(each.lines) else " " * each.width)
        lines.append("".join(cells))
    return Box(tuple(lines), above)


def _stack(boxes: list[Box], base: int) -> Box:
    """Boxes one below the other, centred; `base` is the index of the box whose base line counts."""
    width = max(each.width for each in boxes)
    lines = [_center(text, width) for each in boxes for text in each.lines]
    return Box(tuple(lines), sum(len(each.lines) for each in boxes[:base]) + boxes[base].base)


def _row(row: Row) -> Box:
    boxes: list[Box] = []
    before = "("
    needs_gap = False
    for item in row.items:
        text = line(item)
        gap_before, gap_after = gaps(item, text, before)
        follows = needs_gap and text[:1].isalnum()
        spaced = bool(boxes) and boxes[-1].lines[boxes[-1].base].endswith(" ")
        if boxes and not spaced and (gap_before or follows):
            boxes.append(_text(" "))
        boxes.append(box(item))
        if gap_after:
            boxes.append(_text(" "))
        if text.strip():
            before = text.strip()
            needs_gap = ends_open(item)
    return _beside(boxes)


def _scripts(node: Scripts) -> Box:
    base = box(node.base)
    name = line(node.base)
    if name in BIG_OPERATORS or name in LIMIT_WORDS:
        parts = [_limit(node.above)] if node.above else []
        parts.append(base)
        if node.below:
            parts.append(_limit(node.below))
        return _stack(parts, 1 if node.above else 0)
    below = scripted(line(node.below), SUBSCRIPT) if node.below else ""
    above = scripted(line(node.above), SUPERSCRIPT) if node.above else ""
    if len(base.lines) == 1 and below is not None and above is not None:
        return _beside([base, _text(below + above)])
    if len(base.lines) == 1 and not _is_tall(node.below) and not _is_tall(node.above):
        small = [line(each).replace(" ", "") for each in (node.below, node.above) if each]
        if all(is_name(part) or scripted(part, SUBSCRIPT) or scripted(part, SUPERSCRIPT) for part in small):
            short = script(node.below, SUBSCRIPT, "_") + script(node.above, SUPERSCRIPT, "^")
            return _beside([base, _text(short)])
    return _with_corners(base, node)


def _limit(node: Node) -> Box:
    laid_out = box(node)
    return laid_out if len(laid_out.lines) > 1 else _text(line(node).replace(" ", ""))


def _is_tall(node: Node | None) -> bool:
    return node is not None and len(box(node).lines) > 1


def _with_corners(base: Box, node: Scripts) -> Box:
    above = _limit(node.above) if node.above else Box((), 0)
    below = _limit(node.below) if node.below else Box((), 0)
    middle = [""] * max(len(base.lines) - (2 if node.above and node.below else 1), 0)
    if not above.lines or not below.lines:
        middle = [""] * len(base.lines)
    corner = [*above.lines, *middle, *below.lines]
    width = max(cell_len(text) for text in corner)
    lifted = len(above.lines) + base.base if not (above.lines and below.lines) else len(above.lines)
    if above.lines and below.lines and len(base.lines) == 1:
        corner = [*above.lines, "", *below.lines]
        lifted = len(above.lines)
    return _beside([base, Box(tuple(_pad(text, width) for text in corner), lifted)])


def _fraction(node: Fraction) -> Box:
    above, below = box(node.above), box(node.below)
    width = max(above.width, below.width) + (2 if node.bar else 0)
    if not node.bar:
        return _stack([above, _text(" " * width), below], 1)
    return _stack([above, _text("─" * width), below], 1)


def _between(left: str, body: Box, right: str) -> Box:
    height = len(body.lines)
    return _beside([_delimiter(left, height, body.base), body, _delimiter(right, height, body.base)])


def _delimiter(sign: str, height: int, base: int) -> Box:
    if not sign:
        return Box((), 0)
    if height == 1 or sign not in _TALL:
        return _text(sign)
    top, middle, bottom, point = _TALL[sign]
    lines = [top, *[middle] * (height - 2), bottom]
    if point and height >= 3:
        lines[height // 2] = point
    return Box(tuple(lines), base)


def _grid(grid: Grid) -> Box:
    if not grid.rows:
        return _text("")
    cells = [[box(cell) for cell in row] for row in grid.rows]
    widths = [max(each.width if each else 0 for each in column) for column in zip_longest(*cells)]
    lines: list[str] = []
    for y, row in enumerate(cells):
        placed: list[Box] = []
        for x, width in enumerate(widths):
            cell = row[x] if x < len(row) else _text("")
            fitted = Box(tuple(_align(text, width, grid.style, x) for text in cell.lines), cell.base)
            gap = _text(" " * (2 if grid.style != "aligned" else x % 2))
            placed.extend([gap, fitted] if x else [fitted])
        tall = y and max(len(each.lines) for each in [*row, *cells[y - 1]]) > 1
        if tall or (y == 1 and len(cells) == 2 and grid.style == "cases"):
            lines.append(" " * cell_len(lines[0]))
        lines.extend(_beside(placed).lines)
    return Box(tuple(lines), (len(lines) - 1) // 2)


def _align(text: str, width: int, style: str, column: int) -> str:
    if style == "matrix":
        return _center(text, width)
    rightwards = style == "aligned" and column % 2 == 0
    return " " * (width - cell_len(text)) + text if rightwards else _pad(text, width)


_TALL = {
    "(": ("⎛", "⎜", "⎝", ""), ")": ("⎞", "⎟", "⎠", ""), "[": ("⎡", "⎢", "⎣", ""), "]": ("⎤", "⎥", "⎦", ""),
    "{": ("⎧", "⎪", "⎩", "⎨"), "}": ("⎫", "⎪", "⎭", "⎬"), "|": ("│", "│", "│", ""),
    "‖": ("‖", "‖", "‖", ""), "⟨": ("╱", "⟨", "╲", ""), "⟩": ("╲", "⟩", "╱", ""),
}  # fmt: skip
