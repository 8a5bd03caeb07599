"""The manifest of everything indexed, in one SQLite file: documents, passages, their terms and vectors.

This file is the truth; the Chroma collections beside it are made from it and can be made again.
Every public method that writes is one transaction.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge import catalog_rows
from knowledge.catalog_rows import FileState, StoredPassage
from knowledge.errors import IndexUnavailable
from knowledge.passages import Document, Passage

VERSION = 1


@dataclass(frozen=True, slots=True)
class View:
    """One text of a passage that gets a vector: its own text, or one question it answers."""

    id: str
    row: int
    text: str
    hash: str


class Catalog:
    """The SQLite side of the index. Safe to use from several threads and processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        with self._guard():
            self._migrate()

    # -- connections ---------------------------------------------------------------------------

    @property
    def _db(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.path, timeout=30, check_same_thread=False)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA foreign_keys=ON")
            self._local.connection = connection
        return connection

    @contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise _unavailable(self.path, error) from error

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._guard(), self._db as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    def close(self) -> None:
        """Let go of every connection; one that another thread is using closes when that call ends."""
        # Closing a connection under another thread's running statement crashes the process, so only
        # this thread's own is closed here; dropping the last reference closes the others.
        own: sqlite3.Connection | None = getattr(self._local, "connection", None)
        self._local = threading.local()
        if own is not None:
            own.close()

    def _migrate(self) -> None:
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise IndexUnavailable(
                f"The index in {self.path.parent} was made by a newer Tutor (format {version}).",
                help="Update Tutor, or set TUTOR_HOME to another folder.",
            )
        if version < VERSION:
            with self._db as connection:
                connection.executescript(
                    f"BEGIN IMMEDIATE;{catalog_rows.SCHEMA}PRAGMA user_version={VERSION};COMMIT;"
                )

    # -- documents and passages ----------------------------------------------------------------

    @property
    def generation(self) -> int:
        """Counts the changes to passages, so that another process can tell that there were some."""
        with self._guard():
            return int(self.meta("generation") or 0)

    def meta(self, key: str) -> str | None:
        """A value kept by name, or None."""
        with self._guard():
            row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def set_meta(self, key: str, value: str) -> None:
        """Keep a value by name."""
        with self._write() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def file_state(self, collection: str, path: str) -> FileState | None:
        """What was noted of `path` when it was last ingested into `collection`."""
        with self._guard():
            row = self._db.execute(
                "SELECT path, size, modified_ns, sha256, skipped FROM files"
                " WHERE collection = ? AND path = ?",
                (collection, path),
            ).fetchone()
        if row is None:
            return None
        path, size, modified_ns, sha256, skipped = row
        return FileState(path, size, modified_ns, sha256, tuple((p, r) for p, r in json.loads(skipped)))

    def file_counts(self, collection: str, path: str) -> tuple[int, int]:
        """How many documents and passages stand indexed from the file at `path`."""
        with self._guard():
            documents, passages = self._db.execute(
                "SELECT count(DISTINCT d.id), count(p.row) FROM documents d LEFT JOIN passages p"
                " ON p.document = d.id WHERE d.collection = ? AND d.path = ?",
                (collection, path),
            ).fetchone()
        return documents, passages

    def note_file(self, collection: str, state: FileState) -> None:
        """Remember a file's state without touching its documents (same bytes, new date)."""
        with self._write() as db:
            catalog_rows.put_file(db, collection, state)

    def put_file(
        self, collection: str, state: FileState, documents: Sequence[tuple[Document, Sequence[Passage]]]
    ) -> tuple[int, int, int]:
        """Replace what stands indexed from one file; returns passages added, unchanged and removed.

        Passages that did not change keep their rows and vectors.
        """
        with self._write() as db:
            old_documents = dict(
                db.execute(
                    "SELECT source, id FROM documents WHERE collection = ? AND path = ?",
                    (collection, state.path),
                ).fetchall()
            )
            added = unchanged = removed = 0
            for document, passages in documents:
                old = old_documents.pop(document.source, None)
                number = catalog_rows.put_document(db, collection, state.path, document, old)
                a, u, r = catalog_rows.put_passages(db, number, collection, document.source, passages)
                added, unchanged, removed = added + a, unchanged + u, removed + r
            for number in old_documents.values():
                removed += catalog_rows.delete_document(db, number)
            catalog_rows.put_file(db, collection, state)
            if added or removed:
                catalog_rows.bump(db)
        return added, unchanged, removed

    def remove_files(self, collection: str, paths: Iterable[str]) -> int:
        """Forget everything indexed from these files; returns the passages removed."""
        removed = 0
        with self._write() as db:
            for path in paths:
                for (number,) in db.execute(
                    "SELECT id FROM documents WHERE collection = ? AND path = ?", (collection, path)
                ).fetchall():
                    removed += catalog_rows.delete_document(db, number)
                db.execute("DELETE FROM files WHERE collection = ? AND path = ?", (collection, path))
            if removed:
                catalog_rows.bump(db)
        return removed

    def files(self, collection: str) -> list[str]:
        """The paths ingested into `collection`."""
        with self._guard():
            rows = self._db.execute(
                "SELECT path FROM files WHERE collection = ? ORDER BY path", (collection,)
            )
            return [row[0] for row in rows]

    def collections(self) -> list[str]:
        """The names of the collections that hold something."""
        with self._guard():
            return [r[0] for r in self._db.execute("SELECT DISTINCT collection FROM documents ORDER BY 1")]

    def documents(self) -> list[tuple[str, str, str, str, str, str, int]]:
        """(collection, source, path, title, format, ingested at, passages) of every document."""
        with self._guard():
            return self._db.execute(
                "SELECT d.collection, d.source, d.path, d.title, d.format, d.ingested_at, count(p.row)"
                " FROM documents d LEFT JOIN passages p ON p.document = d.id"
                " GROUP BY d.id ORDER BY d.collection, d.source"
            ).fetchall()

    def count(self) -> int:
        """How many passages there are in all."""
        with self._guard():
            return int(self._db.execute("SELECT count(*) FROM passages").fetchone()[0])

    def passages(self, rows: Sequence[int]) -> dict[int, StoredPassage]:
        """The passages of these row numbers; unknown numbers are left out."""
        marks = ",".join("?" * len(rows))
        return {p.row: p for p in self._select(f"p.row IN ({marks})", rows)}

    def passage(self, passage_id: str) -> StoredPassage | None:
        """The passage of this id, or None."""
        return next(iter(self._select("p.id = ?", (passage_id,))), None)

    def document_passages(self, collection: str, source: str) -> list[StoredPassage]:
        """All passages of one document in reading order."""
        return self._select("d.collection = ? AND d.source = ?", (collection, source))

    def collection_passages(self, collection: str) -> list[StoredPassage]:
        """All passages of a collection, by document, in reading order."""
        return self._select("d.collection = ?", (collection,))

    def _select(self, where: str, values: Sequence[Any]) -> list[StoredPassage]:
        with self._guard():
            rows = self._db.execute(
                "SELECT p.row, p.id, d.collection, d.source, d.title, p.headings, p.text, p.location, p.kind,"
                " p.language, p.ordinal, p.asks FROM passages p JOIN documents d ON d.id = p.document"
                f" WHERE {where} ORDER BY d.source, p.ordinal",
                values,
            ).fetchall()
        return [catalog_rows.stored(row) for row in rows]

    # -- lexical -------------------------------------------------------------------------------

    def lexical(
        self, query_terms: Sequence[str], collections: Sequence[str] | None, limit: int
    ) -> list[tuple[int, float]]:
        """The best `limit` rows for any of `query_terms` with their BM25 scores, best (highest) first."""
        if not query_terms:
            return []
        match = " OR ".join('"' + term.replace('"', '""') + '"' for term in query_terms)
        where, values = _in_collections(collections)
        weights = ",".join(str(weight) for weight in BM25_WEIGHTS)
        belongs = " JOIN passages p ON p.row = t.rowid JOIN documents d ON d.id = p.document" if where else ""
        with self._guard():
            rows = self._db.execute(
                f"SELECT t.rowid, -bm25(terms, {weights}) AS score FROM terms t{belongs}"
                f" WHERE terms MATCH ? {where} ORDER BY score DESC, t.rowid LIMIT ?",
                (match, *values, limit),
            ).fetchall()
        return [(row, float(score)) for row, score in rows]

    def row_terms(self, rows: Sequence[int]) -> dict[int, tuple[set[str], set[str]]]:
        """The index terms of each of these rows: those of its text and `asks`, those of its headings."""
        with self._guard():
            found = self._db.execute(
                "SELECT rowid, body || ' ' || asks, headings || ' ' || title FROM terms"
                f" WHERE rowid IN ({','.join('?' * len(rows))})",
                list(rows),
            ).fetchall()
        return {row: (set(body.split()), set(headings.split())) for row, body, headings in found}

    def term_counts(self, query_terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each of these terms occurs; terms that never occur are left out."""
        marks = ",".join("?" * len(query_terms))
        with self._guard():
            rows = self._db.execute(
                f"SELECT term, doc FROM term_statistics WHERE term IN ({marks})", list(query_terms)
            )
            return {term: int(count) for term, count in rows}

    def phrase_count(self, phrases: Sequence[Sequence[str]], collections: Sequence[str] | None) -> int:
        """How many passages hold any of these phrases (terms next to each other)."""
        quoted = ('"' + " ".join(phrase).replace('"', "") + '"' for phrase in phrases)
        where, values = _in_collections(collections)
        with self._guard():
            row = self._db.execute(
                "SELECT count(*) FROM terms t JOIN passages p ON p.row = t.rowid"
                f" JOIN documents d ON d.id = p.document WHERE terms MATCH ? {where}",
                (" OR ".join(quoted), *values),
            ).fetchone()
        return int(row[0])

    def vocabulary(self) -> dict[str, int]:
        """Every Latin word of four letters or more that was indexed, with how often it was seen."""
        with self._guard():
            return dict(self._db.execute("SELECT word, count FROM words").fetchall())

    # -- vectors -------------------------------------------------------------------------------

    def missing_views(self, model: str) -> list[View]:
        """The texts that have no vector of `model` yet; texts that occur twice are given once."""
        with self._guard():
            rows = self._db.execute(
                "SELECT id, passage, text, hash FROM views v WHERE NOT EXISTS (SELECT 1 FROM vectors x"
                " WHERE x.model = ? AND x.hash = v.hash) GROUP BY hash ORDER BY passage, id",
                (model,),
            ).fetchall()
        return [View(*row) for row in rows]

    def put_vectors(self, model: str, vectors: Iterable[tuple[str, bytes]]) -> None:
        """Keep vectors (float32 little-endian bytes) by the hash of their text."""
        with self._write() as db:
            db.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", [(model, h, v) for h, v in vectors]
            )
            catalog_rows.bump(db)

    def view_vectors(self, collection: str, model: str, sample: int = 0) -> list[tuple[str, bytes]]:
        """("ROW/VIEW", vector) of the views of a collection that have a vector of `model`.

        With `sample`, only that many of them, spread over the collection.
        """
        every = max(1, self.vector_count(collection, model) // sample) if sample else 1
        with self._guard():
            return self._db.execute(
                "SELECT v.passage || '/' || v.id, x.vector"
                + _VIEWS_WITH_VECTORS
                + " AND v.passage % :every = 0 ORDER BY v.id LIMIT :limit",
                {"collection": collection, "model": model, "every": every, "limit": sample or -1},
            ).fetchall()

    def vector_count(self, collection: str, model: str) -> int:
        """How many views of a collection have a vector of `model`."""
        with self._guard():
            query = "SELECT count(*)" + _VIEWS_WITH_VECTORS
            return int(self._db.execute(query, {"collection": collection, "model": model}).fetchone()[0])

    def vector_signature(self, collection: str, model: str) -> str:
        """Changes whenever the set of views with a vector changes (row numbers are never used twice)."""
        with self._guard():
            query = "SELECT count(*), coalesce(sum(v.passage), 0)" + _VIEWS_WITH_VECTORS
            count, rows = self._db.execute(query, {"collection": collection, "model": model}).fetchone()
        return f"{count} {rows}"

    def passage_vectors(self, rows: Sequence[int], model: str) -> list[tuple[int, bytes]]:
        """(passage row, vector) of every view of these passages that has a vector of `model`."""
        with self._guard():
            return self._db.execute(
                # CROSS keeps SQLite from going through every vector of the model first.
                "SELECT v.passage, x.vector FROM views v CROSS JOIN vectors x"
                " ON x.model = ? AND x.hash = v.hash"
                f" WHERE v.passage IN ({','.join('?' * len(rows))})",
                (model, *rows),
            ).fetchall()

    def drop_stale_vectors(self, model: str) -> None:
        """Delete vectors that no view or no current model needs."""
        with self._write() as db:
            db.execute(
                "DELETE FROM vectors WHERE model <> ? OR hash NOT IN (SELECT hash FROM views)", (model,)
            )


def _in_collections(collections: Sequence[str] | None) -> tuple[str, tuple[str, ...]]:
    if collections is None:
        return "", ()
    return f"AND d.collection IN ({','.join('?' * len(collections))})", tuple(collections)


def _unavailable(path: Path, error: sqlite3.DatabaseError) -> IndexUnavailable:
    text = str(error)
    if "malformed" in text or "not a database" in text:
        return IndexDamaged(
            f"The index database {path} is damaged.",
            help="Run `tutor doctor --repair`: it sets the file aside and rebuilds what can be read.",
        )
    if "full" in text:
        return IndexUnavailable(
            f"The disk that holds {path.parent} is full.",
            help="Free some space, or set TUTOR_HOME to another disk.",
            retryable=True,
        )
    if "locked" in text:
        return IndexUnavailable(
            "Another Tutor is writing to the index.", help="Try again in a moment.", retryable=True
        )
    if "readonly" in text or "unable to open" in text or "disk I/O" in text:
        return IndexUnavailable(
            f"The index in {path.parent} cannot be opened for writing ({text}).",
            help="Set TUTOR_HOME to a folder that you can write to.",
        )
    return IndexUnavailable(f"The index database {path} failed: {text}.", help="Run `tutor doctor`.")


class IndexDamaged(IndexUnavailable):
    """The manifest itself cannot be read; it has to be set aside and built again."""

    title = "The index is damaged"


_VIEWS_WITH_VECTORS = (
    " FROM documents d CROSS JOIN passages p ON p.document = d.id CROSS JOIN views v ON v.passage = p.row"
    " CROSS JOIN vectors x ON x.model = :model AND x.hash = v.hash WHERE d.collection = :collection"
)

BM25_WEIGHTS = (0.2, 0.5, 1.0, 1.0)
"""Weights of the title, headings, body and asks columns, in the order of the `terms` table."""
