"""Writing the catalog's rows: its tables, and what a document and its passages become in them."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from knowledge import tokens
from knowledge.passages import Document, Passage
from knowledge.views import view_texts

COURSE = "course"
"""The collection that the shipped course is in."""


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its row number, its stable id and where it belongs."""

    row: int
    id: str
    collection: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class FileState:
    """What is known of one ingested file: enough to tell that it has not changed.

    `sha256` covers the bytes; `modified_ns` and `size` spare reading them. `skipped` are the parts
    that were left out and why.
    """

    path: str
    size: int
    modified_ns: int
    sha256: str
    skipped: tuple[tuple[str, str], ...]


def passage_id(source: str, passage: Passage, seen: set[str]) -> str:
    """A stable id of a passage: the same text under the same headings of a source keeps it."""
    base = "\n".join([source, *passage.headings, passage.kind, passage.text])
    number = 0
    while True:
        digest = hashlib.blake2b(f"{base}\n{number}".encode("utf-8", "replace"), digest_size=8).hexdigest()
        if digest not in seen:
            seen.add(digest)
            return digest
        number += 1


def text_hash(text: str) -> str:
    """The hash under which the vector of `text` is kept."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def put_file(db: sqlite3.Connection, collection: str, state: FileState) -> None:
    db.execute(
        "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)",
        (collection, state.path, state.size, state.modified_ns, state.sha256, json.dumps(state.skipped)),
    )


def put_document(
    db: sqlite3.Connection, collection: str, path: str, document: Document, number: int | None
) -> int:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    if number is not None:
        db.execute(
            "UPDATE documents SET title = ?, format = ?, sha256 = ?, ingested_at = ? WHERE id = ?",
            (document.title, document.format, document.sha256, now, number),
        )
        return number
    cursor = db.execute(
        "INSERT INTO documents (collection, source, path, title, format, sha256, ingested_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (collection, document.source, path, document.title, document.format, document.sha256, now),
    )
    return int(cursor.lastrowid or 0)


def put_passages(
    db: sqlite3.Connection, document: int, collection: str, source: str, passages: Sequence[Passage]
) -> tuple[int, int, int]:
    old = dict(db.execute("SELECT id, row FROM passages WHERE document = ?", (document,)).fetchall())
    seen: set[str] = set()
    added = unchanged = 0
    for passage in passages:
        id = passage_id(f"{collection}\n{source}\n{passage.title}\n{passage.asks}", passage, seen)
        row = old.pop(id, None)
        if row is not None:
            db.execute(
                "UPDATE passages SET ordinal = ?, location = ? WHERE row = ?",
                (passage.ordinal, passage.location, row),
            )
            unchanged += 1
        else:
            _insert_passage(db, document, id, passage)
            added += 1
    for row in old.values():
        _delete_passage(db, row)
    return added, unchanged, len(old)


def _insert_passage(db: sqlite3.Connection, document: int, id: str, passage: Passage) -> None:
    cursor = db.execute(
        "INSERT INTO passages (id, document, ordinal, text, headings, location, kind, language, asks)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            id,
            document,
            passage.ordinal,
            passage.text,
            json.dumps(passage.headings, ensure_ascii=False),
            passage.location,
            passage.kind,
            passage.language,
            json.dumps(passage.asks, ensure_ascii=False),
        ),
    )
    row = int(cursor.lastrowid or 0)
    parts = (passage.title, " ".join(passage.headings), passage.text, " ".join(passage.asks))
    db.execute(
        "INSERT INTO terms (rowid, title, headings, body, asks) VALUES (?, ?, ?, ?, ?)",
        (row, *(" ".join(tokens.terms(part)) for part in parts)),
    )
    seen = (word for part in parts for word in tokens.words(part))
    db.executemany(
        "INSERT INTO words VALUES (?, 1) ON CONFLICT (word) DO UPDATE SET count = count + 1",
        [(word,) for word in seen if len(word) >= 4 and word.isalpha() and word.isascii()],
    )
    for number, text in enumerate(view_texts(passage)):
        db.execute("INSERT INTO views VALUES (?, ?, ?, ?)", (f"{id}.{number}", row, text, text_hash(text)))


def _delete_passage(db: sqlite3.Connection, row: int) -> None:
    db.execute("DELETE FROM terms WHERE rowid = ?", (row,))
    db.execute("DELETE FROM views WHERE passage = ?", (row,))
    db.execute("DELETE FROM passages WHERE row = ?", (row,))


def delete_document(db: sqlite3.Connection, document: int) -> int:
    rows = [r[0] for r in db.execute("SELECT row FROM passages WHERE document = ?", (document,)).fetchall()]
    for row in rows:
        _delete_passage(db, row)
    db.execute("DELETE FROM documents WHERE id = ?", (document,))
    return len(rows)


def bump(db: sqlite3.Connection) -> None:
    db.execute(
        "INSERT INTO meta VALUES ('generation', '1') ON CONFLICT (key) DO UPDATE SET value = value + 1"
    )


def stored(row: Sequence[Any]) -> StoredPassage:
    number, id, collection, source, title, headings, text, location, kind, language, ordinal, asks = row
    passage = Passage(
        source=source,
        title=title,
        headings=tuple(json.loads(headings)),
        text=text,
        location=location,
        kind=kind,
        language=language,
        ordinal=ordinal,
        asks=tuple(json.loads(asks)),
    )
    return StoredPassage(number, id, collection, passage)


SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
    collection TEXT NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL, modified_ns INTEGER NOT NULL,
    sha256 TEXT NOT NULL, skipped TEXT NOT NULL, PRIMARY KEY (collection, path)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (
    id INTEGER PRIMARY KEY, collection TEXT NOT NULL, source TEXT NOT NULL, path TEXT NOT NULL,
    title TEXT NOT NULL, format TEXT NOT NULL, sha256 TEXT NOT NULL, ingested_at TEXT NOT NULL,
    UNIQUE (collection, source));
CREATE INDEX IF NOT EXISTS documents_by_path ON documents (collection, path);
CREATE TABLE IF NOT EXISTS passages (
    row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    document INTEGER NOT NULL REFERENCES documents, ordinal INTEGER NOT NULL, text TEXT NOT NULL,
    headings TEXT NOT NULL, location TEXT NOT NULL, kind TEXT NOT NULL, language TEXT NOT NULL,
    asks TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS passages_by_document ON passages (document, ordinal);
CREATE VIRTUAL TABLE IF NOT EXISTS terms USING fts5 (
    title, headings, body, asks, tokenize = "unicode61 remove_diacritics 2");
CREATE VIRTUAL TABLE IF NOT EXISTS term_statistics USING fts5vocab (terms, row);
CREATE TABLE IF NOT EXISTS words (word TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS views (
    id TEXT PRIMARY KEY, passage INTEGER NOT NULL REFERENCES passages, text TEXT NOT NULL,
    hash TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS views_by_passage ON views (passage);
CREATE INDEX IF NOT EXISTS views_by_hash ON views (hash);
CREATE TABLE IF NOT EXISTS vectors (
    model TEXT NOT NULL, hash TEXT NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (model, hash)) WITHOUT ROWID;
"""
