"""Tables as lines of text: numbers to the right, long text broken into lines, no markup read in any cell."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.content import Content

from tutor.tui.labs.words import number
from tutor.tui.plain_text import one_line

MOST_ROWS = 300
_WIDEST = 48
_WORD = 14
_LONG = 60
_LONG_LEAST = 28
_MOST_LINES = 16
_GAP = 2


def table_lines(data: dict[str, Any], width: int, app: App[Any]) -> list[Content]:
    """A table artifact, {"columns", "rows"}, fitted into `width` cells.

    What is too long for its column goes on below; columns for which there is no room at all follow
    in a second table, beside the words that say which row it is.
    """
    columns = [one_line(str(each), 80) for each in data.get("columns", [])]
    rows = data.get("rows", [])
    cells = [[_cell(value) for value in row] for row in rows[:MOST_ROWS]]
    count = max([len(columns), *(len(row) for row in cells)], default=0)
    columns += [""] * (count - len(columns))
    cells = [row + [("", False)] * (count - len(row)) for row in cells]
    lines: list[Content] = []
    for chosen in _blocks(columns, cells, width):
        if lines:
            lines.append(Content(""))
        lines += _block([columns[i] for i in chosen], [[row[i] for i in chosen] for row in cells], width)
    if len(rows) > MOST_ROWS:
        lines.append(Content.styled(f"… and {len(rows) - MOST_ROWS:,} more rows", "$foreground 60%"))
    return lines


def fit(text: str, width: int, *, right: bool = False) -> Content:
    """`text` in exactly `width` cells, cut with an ellipsis or padded."""
    content = Content(text)
    if content.cell_length > width:
        return content.truncate(width, ellipsis=True, pad=True)
    space = Content(" " * (width - content.cell_length))
    return space + content if right else content + space


def _cell(value: object) -> tuple[str, bool]:
    """The text of a cell, and whether it is a number."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return one_line(number(value), 400), is_number


def _blocks(columns: list[str], cells: list[list[tuple[str, bool]]], width: int) -> list[list[int]]:
    """Which columns stand beside each other: all, or as many at a time as have room at their narrowest."""
    least = [_least(name, [row[i] for row in cells]) for i, name in enumerate(columns)]
    if sum(least) + _GAP * max(0, len(least) - 1) <= width:
        return [list(range(len(columns)))]
    keys = _keys(columns, cells, least)
    taken = sum(least[i] + _GAP for i in keys)
    blocks: list[list[int]] = []
    room = 0
    for i in range(len(keys), len(columns)):
        if not blocks or least[i] + _GAP > room:
            blocks.append(list(keys))
            room = width - taken + _GAP
        blocks[-1].append(i)
        room -= least[i] + _GAP
    return blocks or [keys]


def _keys(columns: list[str], cells: list[list[tuple[str, bool]]], least: list[int]) -> list[int]:
    """The columns at the left that say which row it is: those before the first long text or figure."""
    keys = [0]
    for i in range(1, min(3, len(columns))):
        if least[i] >= _LONG_LEAST or all(row[i][1] and "." in row[i][0] for row in cells):
            break
        keys.append(i)
    return keys


def _least(name: str, cells: list[tuple[str, bool]]) -> int:
    """The least width at which a column can be read: whole numbers, and words that are not too long."""
    numbers = [len(text) for text, is_number in cells if is_number]
    texts = [text for text, is_number in cells if not is_number]
    words = [min(_WORD, Content(word).cell_length) for text in [name, *texts] for word in text.split()]
    long = any(len(text) > _LONG for text in texts)
    return max([1, *numbers, *words, *([_LONG_LEAST] if long else [])])


def _block(columns: list[str], cells: list[list[tuple[str, bool]]], width: int) -> list[Content]:
    """One table as high as it must be for `width`."""
    widths = _widths(columns, cells, width)
    right = [bool(cells) and all(row[i][1] for row in cells) for i in range(len(columns))]
    lines = _row([(name, "bold $primary") for name in columns], widths, right, at_foot=True)
    lines.append(
        Content.styled("─" * min(width, sum(widths) + _GAP * max(0, len(widths) - 1)), "$border-blurred")
    )
    rows = [_row([(text, "") for text, _ in row], widths, right) for row in cells]
    apart = sum(len(row) for row in rows) >= 2 * len(rows)
    for index, row in enumerate(rows):
        lines += [Content("")] if apart and index else []
        lines += row
    return lines


def _widths(columns: list[str], cells: list[list[tuple[str, bool]]], width: int) -> list[int]:
    """The columns' widths: as wanted; where that is too much headings break first, then the longest texts."""
    longest = [max([0, *(Content(row[i][0]).cell_length for row in cells)]) for i in range(len(columns))]
    heads = [Content(name).cell_length for name in columns]
    least = [_least(name, [row[i] for row in cells]) for i, name in enumerate(columns)]
    body = [min(_WIDEST, each) for each in longest]
    room = width - _GAP * max(0, len(columns) - 1)
    wanted = [max(each) for each in zip(heads, body, strict=True)]
    if sum(wanted) > room:
        _narrow(wanted, [max(each) for each in zip(body, least, strict=True)], room)
    if sum(wanted) > room:
        _narrow(wanted, least, room)
    spare = room - sum(wanted)
    if spare > 0 and cells and columns:  # one long text may have what is left
        most = max(range(len(columns)), key=lambda i: longest[i] - wanted[i])
        wanted[most] += min(spare, max(0, longest[most] - wanted[most]))
    return [max(1, min(each, width)) for each in wanted]


def _narrow(wanted: list[int], least: list[int], room: int) -> None:
    """Take from the widest that may still give, until all fit or none may."""
    while sum(wanted) > room:
        giving = [i for i in range(len(wanted)) if wanted[i] > least[i]]
        if not giving:
            return
        wanted[max(giving, key=lambda i: wanted[i])] -= 1


def _row(
    cells: list[tuple[str, str]], widths: list[int], right: list[bool], *, at_foot: bool = False
) -> list[Content]:
    """A row as lines; `at_foot` lets short cells stand at the foot of high ones."""
    broken = [broken_into(text, each) for (text, _), each in zip(cells, widths, strict=True)]
    height = max([1, *(len(each) for each in broken)])
    for each in broken:
        blank = [""] * (height - len(each))
        each[:] = [*blank, *each] if at_foot else [*each, *blank]
    gap = Content(" " * _GAP)
    lines = []
    for y in range(height):
        parts = [fit(broken[i][y], widths[i], right=right[i]) for i in range(len(cells))]
        styled = [
            part.stylize(style) if style else part for part, (_, style) in zip(parts, cells, strict=True)
        ]
        lines.append(gap.join(styled))
    return lines


def broken_into(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells, between words where it can be; the last line may be cut."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if Content(joined).cell_length <= width:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        pieces = [piece.plain for piece in Content(word).fold(width)] if word else [""]
        lines[-1] = pieces[0]
        lines += pieces[1:]
    if len(lines) > _MOST_LINES:
        kept = lines[:_MOST_LINES]
        kept[-1] = Content(f"{kept[-1]} …").truncate(width, ellipsis=True).plain
        return kept
    return lines
