"""Rows in columns, wide characters counted as two, cut to the terminal."""

from __future__ import annotations

import shutil
import sys
import unicodedata
from collections.abc import Sequence

from tutor.cli.output import plain, say_styled, styled


def say_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under a header; on a terminal the last column is cut at its edge, in a pipe nothing is."""
    if not rows:
        return
    cells = [[plain(cell).replace("\n", " ").replace("\t", " ") for cell in row] for row in rows]
    widths = [max(_width(row[column]) for row in [list(header), *cells]) for column in range(len(header))]
    if sys.stdout is not None and sys.stdout.isatty():
        _fit(widths, shutil.get_terminal_size().columns)
    say_styled(styled(_line(header, widths), 1))
    for row in cells:
        say_styled(_line(row, widths))


def _fit(widths: list[int], columns: int) -> None:
    """Take what is too much from the widest columns, down to eight characters each."""
    while sum(widths) + 2 * (len(widths) - 1) > columns and max(widths) > 8:
        widths[widths.index(max(widths))] -= 1


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cut = [_cut(cell, width) for cell, width in zip(row, widths, strict=True)]
    padded = [cell + " " * (width - _width(cell)) for cell, width in zip(cut, widths, strict=True)]
    return "  ".join(padded).rstrip()


def _cut(text: str, width: int) -> str:
    if _width(text) <= width:
        return text
    while text and _width(text) > width - 1:
        text = text[:-1]
    return f"{text}…"


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1
        for each in text
    )
