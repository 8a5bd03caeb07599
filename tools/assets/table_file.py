"""Reading the person's own CSV, TSV, JSON or JSONL of texts and labels; errors say what to change."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from tools.errors import BadData

TEXT_COLUMNS = ("text", "review", "sentence", "content")
LABEL_COLUMNS = ("label", "category", "class", "stars", "sentiment", "rating")

MOST_BYTES = 1_000_000_000  # beyond this the texts would not fit into a laptop's memory beside a model
FEWEST_ROWS = 10
MOST_CLASSES = 100

Rows = list[tuple[str, str]]


def read_table(path: Path, text_column: str = "", label_column: str = "") -> tuple[Rows, int]:
    """The (text, label) pairs of a file, both stripped and not empty, and how many rows had neither or one.

    The columns are found by their usual names (TEXT_COLUMNS, LABEL_COLUMNS) unless named. Raises
    BadData: no such file, not readable, empty, not text, not UTF-8, malformed, a column missing, fewer than
    ten rows, one class only, or labels that are no classes.
    """
    try:
        _check_file(path)
        records = _records(path)
        first = next(records, None)
        if first is None:
            raise BadData(f"{path.name} has no rows.", help=_SHAPE)
        text = _column(path, list(first), text_column, TEXT_COLUMNS, "text_column", "text")
        label = _column(path, list(first), label_column, LABEL_COLUMNS, "label_column", "label")
        pairs = [
            (_cell(path, row, each.get(text)), _cell(path, row, each.get(label)))
            for row, each in enumerate(chain([first], records), 1)
        ]
    except UnicodeDecodeError as error:
        raise BadData(
            f"{path.name} is not UTF-8 text (byte 0x{error.object[error.start]:02x}).",
            help="Save it as UTF-8, for example: iconv -f latin1 -t utf-8 OLD > NEW (or shift_jis, gbk ... "
            "for latin1).",
        ) from error
    except OSError as error:
        raise BadData(
            f"{path.name} cannot be read: {error.strerror or error}.", help="Check its permissions."
        ) from error
    rows = [pair for pair in pairs if all(pair)]
    _check_rows(path, rows, len(pairs), label)
    return rows, len(pairs) - len(rows)


def in_order(labels: set[str]) -> list[str]:
    """Class names in the order a person expects: numbers by size, else by the alphabet."""
    try:
        return sorted(labels, key=float)
    except ValueError:
        return sorted(labels)


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise BadData(f"{path} is a folder; a file of texts and labels is needed here.", help=_SHAPE)
    if not path.is_file():
        raise BadData(f"There is no file {path}.", help="Check the path given with --data.")
    size = path.stat().st_size
    if size == 0:
        raise BadData(f"{path.name} is empty.", help=_SHAPE)
    if size > MOST_BYTES:
        raise BadData(
            f"{path.name} has {size / 1e9:.1f} GB; at most {MOST_BYTES / 1e9:.0f} GB can be read.",
            help="Take a sample of its rows, for example: head -n 100000 FILE > SAMPLE",
        )
    with path.open("rb") as file:
        head = file.read(8192)
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadData(f"{path.name} is not a text file: it holds binary data.", help=_SHAPE)


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as file:
        wide = file.read(2) in (b"\xff\xfe", b"\xfe\xff")  # what spreadsheets call "Unicode text"
    encoding = "utf-16" if wide else "utf-8-sig"
    with path.open(encoding=encoding, newline="") as lines:
        begins = lines.read(4096)
        lines.seek(0)
        if path.suffix.lower() in (".json", ".jsonl", ".ndjson") or begins.lstrip()[:1] in ("{", "["):
            yield from _json_records(path, lines, begins.lstrip().startswith("["))
        else:
            yield from _csv_records(path, lines, begins)


def _csv_records(path: Path, lines: Any, begins: str) -> Iterator[dict[str, Any]]:
    header = begins.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    csv.field_size_limit(10_000_000)
    reader = csv.DictReader(lines, delimiter=delimiter)
    try:
        for record in reader:
            beyond = record.pop(None, ())
            if any(cell.strip() for cell in beyond):  # else commas that a spreadsheet padded the line with
                raise BadData(
                    f"{path.name}: line {reader.line_num} has {len(record) + len(beyond)} cells, and the "
                    f"header {len(record)}.",
                    help=_QUOTES,
                )
            yield record
    except csv.Error as error:
        raise BadData(
            f"{path.name} cannot be read as CSV at line {reader.line_num}: {error}.",
            help=_QUOTES,
        ) from error


def _json_records(path: Path, lines: Any, is_array: bool) -> Iterator[dict[str, Any]]:
    number = 0
    try:
        for number, each in enumerate(json.load(lines) if is_array else lines, 1):
            if not is_array and not each.strip():
                continue
            record = each if is_array else json.loads(each)
            if not isinstance(record, dict):
                raise BadData(f"{path.name}: row {number} is no JSON object.", help=_SHAPE)
            yield record
    except UnicodeDecodeError:
        raise
    except (ValueError, RecursionError) as error:  # a plain ValueError: a number of thousands of digits
        what = "nested too deeply" if isinstance(error, RecursionError) else "a number is too long"
        what = error.msg if isinstance(error, json.JSONDecodeError) else what
        raise BadData(f"{path.name}: row {max(number, 1)} is not JSON ({what}).", help=_SHAPE) from error


def _column(path: Path, there: list[Any], named: str, usual: Sequence[str], option: str, kind: str) -> Any:
    names = [each for each in there if isinstance(each, str)]
    by_name = {each.strip().casefold(): each for each in reversed(names)}
    for wanted in (named,) if named else usual:
        if wanted.strip().casefold() in by_name:
            return by_name[wanted.strip().casefold()]
    looked_for = repr(named) if named else f"{kind} (or {', '.join(usual[1:])})"
    shown = ", ".join(repr(each) for each in names[:20]) or "none"
    raise BadData(
        f"{path.name} has no column {looked_for}; its columns are {shown}.",
        help=f"Rename the column that holds the {kind}s to {kind!r}, or name it with {option} where the lab "
        f"has that setting.",
    )


def _cell(path: Path, row: int, value: Any) -> str:
    if isinstance(value, list | dict):
        what = "a list" if isinstance(value, list) else "an object"
        raise BadData(f"{path.name}: row {row} holds {what} where a text should be.", help=_SHAPE)
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # "4.0" and "4" are one class
    # JSON can name half a character, which nothing that writes UTF-8 takes.
    return "" if value is None else _HALVES.sub("\ufffd", str(value)).strip()


def _check_rows(path: Path, rows: Rows, seen: int, label: str) -> None:
    if len(rows) < FEWEST_ROWS:
        said = f"{seen} row{'s' * (seen != 1)}" + (
            f", {len(rows)} of them whole" if len(rows) != seen else ""
        )
        raise BadData(f"{path.name} has {said}; at least {FEWEST_ROWS} are needed.", help=_SHAPE)
    counts = Counter(each for _, each in rows)
    if len(counts) == 1:
        raise BadData(
            f"{path.name} has one class only: every {label} is {next(iter(counts))!r}.",
            help="A classifier needs examples of two classes or more.",
        )
    if len(counts) > MOST_CLASSES or len(counts) > len(rows) / 2:
        raise BadData(
            f"The column {label!r} of {path.name} has {len(counts)} different values in {len(rows)} rows; "
            f"those are no classes.",
            help=f"Name the column of the classes {' or '.join(LABEL_COLUMNS[:3])}; at most {MOST_CLASSES}.",
        )


_HALVES = re.compile("[\ud800-\udfff]")
_QUOTES = "A text with commas or line breaks stands between double quotes."
_SHAPE = (
    "A CSV file with the columns text and label, or JSONL with one object a line: "
    '{"text": "Great film", "label": "positive"}'
)
