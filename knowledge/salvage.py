"""Getting out of a damaged index database what can still be read."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from knowledge import catalog_rows
from knowledge.catalog import Catalog
from knowledge.catalog_rows import COURSE, FileState
from knowledge.passages import Document, Passage


def salvage(damaged: Path, fresh: Catalog) -> int:
    """Copy the readable passages and vectors of the person's own collections into `fresh`.

    Returns how many passages were saved; 0 where the file cannot be read at all. A later ingest of
    the same files reads them anew, since what was lost of them is not known.
    """
    with contextlib.closing(sqlite3.connect(f"file:{damaged}?mode=ro", uri=True)) as old:
        passages: dict[int, list[Passage]] = defaultdict(list)
        columns = "row, id, '', '', '', headings, text, location, kind, language, ordinal, asks, document"
        for *values, document in _readable(old, "passages", "row", columns):
            passages[document].append(catalog_rows.stored(values).passage)
        files: dict[tuple[str, str], list[tuple[Document, list[Passage]]]] = defaultdict(list)
        for number, collection, source, path, title, format, sha256 in _readable(
            old, "documents", "id", "id, collection, source, path, title, format, sha256"
        ):
            if collection != COURSE:
                whole = [replace(passage, source=source, title=title) for passage in passages[number]]
                whole.sort(key=lambda passage: passage.ordinal)
                files[collection, path].append((Document(source, title, format, sha256, ()), whole))
        saved = 0
        for (collection, path), documents in files.items():
            saved += fresh.put_file(collection, FileState(path, -1, -1, "", ()), documents)[0]
        _copy_vectors(old, fresh)
    return saved


def _copy_vectors(old: sqlite3.Connection, fresh: Catalog) -> None:
    by_model: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
    with contextlib.suppress(sqlite3.DatabaseError):
        for model, hash, vector in old.execute("SELECT model, hash, vector FROM vectors"):
            by_model[model].append((hash, vector))
    for model, vectors in by_model.items():
        fresh.put_vectors(model, vectors)


def _readable(old: sqlite3.Connection, table: str, key: str, columns: str) -> Iterator[tuple[Any, ...]]:
    """The rows that can be read, one by one, so that a broken page costs only its own rows."""
    try:
        last = old.execute(f"SELECT max({key}) FROM {table}").fetchone()[0] or 0
    except sqlite3.DatabaseError:
        return
    for number in range(1, last + 1):
        with contextlib.suppress(sqlite3.DatabaseError, ValueError):
            row = old.execute(f"SELECT {columns} FROM {table} WHERE {key} = ?", (number,)).fetchone()
            if row is not None:
                yield row
