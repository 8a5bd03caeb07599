"""What is kept between starts: sessions and their turns, in SQLite at TUTOR_HOME/tutor.db."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Literal

from tutor.agent.events import Answer, Source, ToolUse
from tutor.database import open_database, open_in_memory, translated
from tutor.errors import StorageError, UsageError
from tutor.processes import is_alive, own_identity
from tutor.session_names import letters, valid_session_name

FinalState = Literal["done", "stopped", "failed"]
TurnState = Literal["running", "done", "stopped", "failed", "interrupted"]


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """One conversation; `title` is its first question, times are ISO 8601 in UTC."""

    name: str
    title: str
    created_at: str
    updated_at: str
    turns: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what came of it; `answer` is None where nothing was finished."""

    id: int
    question: str
    answer: Answer | None
    state: TurnState
    asked_at: str


class Store:
    """The database, open; safe to use from several threads and several processes at once.

    `persistent` is False where everything lives in memory: as asked for, or because the folder may
    not be written, and then `message` says so. Every method raises StorageError when the disk or
    the file fails.
    """

    def __init__(self, path: Path | None) -> None:
        """Open or create the database at `path`; None keeps everything in memory, on purpose."""
        self.path = path
        self._lock = threading.RLock()
        opened = open_database(path) if path is not None else open_in_memory()
        self.persistent = opened.persistent
        self.message = opened.message
        self._connection = opened.connection

    def sessions(self) -> list[SessionInfo]:
        """All sessions, the one used last first."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT s.name, s.title, s.created_at, s.updated_at, COUNT(t.id) FROM sessions s"
                " LEFT JOIN turns t ON t.session = s.name GROUP BY s.name"
                " ORDER BY s.updated_at DESC, MAX(t.id) DESC, s.rowid DESC"
            ).fetchall()
        return [SessionInfo(*row) for row in rows]

    def session(self, name: str | None) -> str:
        """The session of that name, made where it is not there; None makes one like "2026-11-21-a"."""
        with self.writing() as connection:
            if name is None:
                _drop_abandoned(connection)
                return _insert_generated(connection)
            name = valid_session_name(name)
            now = _now()
            connection.execute(
                "INSERT OR IGNORE INTO sessions(name, created_at, updated_at, process) VALUES (?, ?, ?, ?)",
                (name, now, now, own_identity()),
            )
            return name

    def has_session(self, name: str) -> bool:
        """Whether a session of that name exists."""
        with self.reading() as connection:
            return connection.execute("SELECT 1 FROM sessions WHERE name = ?", (name,)).fetchone() is not None

    def start_turn(self, session: str, question: str) -> int:
        """Record a question as being answered by this process; returns the turn's id."""
        now = _now()
        with self.writing() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO sessions(name, created_at, updated_at) VALUES (?, ?, ?)",
                (session, now, now),
            )
            connection.execute(
                "UPDATE sessions SET updated_at = ?, title = CASE title WHEN '' THEN ? ELSE title END"
                " WHERE name = ?",
                (now, _title(question), session),
            )
            cursor = connection.execute(
                "INSERT INTO turns(session, question, state, asked_at, process)"
                " VALUES (?, ?, 'running', ?, ?)",
                (session, question, now, own_identity()),
            )
            return int(cursor.lastrowid or 0)

    def finish_turn(self, turn: int, answer: Answer | None, state: FinalState) -> None:
        """Record what came of a turn; a turn whose session was deleted meanwhile is ignored."""
        text = None if answer is None else json.dumps(asdict(answer), ensure_ascii=False)
        with self.writing() as connection:
            connection.execute(
                "UPDATE turns SET answer = ?, state = ?, finished_at = ? WHERE id = ?",
                (text, state, _now(), turn),
            )

    def turns(self, session: str) -> list[Turn]:
        """The session's turns, oldest first; UsageError where there is no such session."""
        with self.reading() as connection:
            if not self.has_session(session):
                raise self._missing(session)
            rows = connection.execute(
                "SELECT id, question, answer, state, asked_at, process FROM turns"
                " WHERE session = ? ORDER BY id",
                (session,),
            ).fetchall()
        return [
            Turn(
                id=number,
                question=question,
                answer=_answer(text),
                state="interrupted" if state == "running" and not is_alive(process) else state,
                asked_at=asked_at,
            )
            for number, question, text, state, asked_at, process in rows
        ]

    def is_interrupted(self, session: str) -> bool:
        """Whether the agent waits for the person's word in this session, by what its memory holds."""
        with self.reading() as connection:
            if "writes" not in _checkpoint_tables(connection):
                return False
            row = connection.execute(
                "SELECT 1 FROM writes WHERE thread_id = ? AND channel = '__interrupt__' AND checkpoint_id ="
                " (SELECT MAX(checkpoint_id) FROM checkpoints WHERE thread_id = ? AND checkpoint_ns = '')",
                (session, session),
            ).fetchone()
            return row is not None

    def delete_session(self, name: str) -> None:
        """Delete a session, its turns and the agent's memory of it; UsageError where there is none."""
        if not self.persistent:
            raise StorageError(f"The session {name!r} cannot be deleted: {self.message}")
        with self.writing() as connection:
            if connection.execute("DELETE FROM sessions WHERE name = ?", (name,)).rowcount == 0:
                raise self._missing(name)
            for table in _checkpoint_tables(connection):
                connection.execute(f"DELETE FROM {table} WHERE thread_id = ?", (name,))

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for queries; no other thread uses it meanwhile."""
        with self._lock, translated(self.path):
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The connection within one transaction, kept as a whole or, after an exception, not at all."""
        with self._lock, translated(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has rolled back already
                    self._connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the database; closing twice is fine."""
        with self._lock:
            self._connection.close()

    def _missing(self, name: str) -> UsageError:
        import difflib

        close = difflib.get_close_matches(name, [each.name for each in self.sessions()], n=1)
        return UsageError(
            f"There is no session {name!r}.",
            help=f"Did you mean {close[0]}?" if close else "See: tutor sessions list",
        )


def _insert_generated(connection: sqlite3.Connection) -> str:
    today, now = date.today().isoformat(), _now()
    for number in count():
        name = f"{today}-{letters(number)}"
        inserted = connection.execute(
            "INSERT OR IGNORE INTO sessions(name, created_at, updated_at, generated, process)"
            " VALUES (?, ?, ?, 1, ?)",
            (name, now, now, own_identity()),
        ).rowcount
        if inserted:
            return name
    raise AssertionError("count() never ends")


def _drop_abandoned(connection: sqlite3.Connection) -> None:
    """Forget sessions that were only opened, never used, by a process that has ended."""
    rows = connection.execute(
        "SELECT name, process FROM sessions WHERE generated = 1 AND name NOT IN (SELECT session FROM turns)"
    ).fetchall()
    for name, process in rows:
        if not is_alive(process):
            connection.execute("DELETE FROM sessions WHERE name = ?", (name,))


def _checkpoint_tables(connection: sqlite3.Connection) -> list[str]:
    """LangGraph's own tables in this file, where it has made them."""
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('checkpoints', 'writes')"
    ).fetchall()
    return [row[0] for row in rows]


def _answer(text: str | None) -> Answer | None:
    if text is None:
        return None
    data = json.loads(text)
    data["sources"] = tuple(Source(**source) for source in data["sources"])
    data["tools"] = tuple(ToolUse(**tool) for tool in data["tools"])
    return Answer(**data)


def _title(question: str) -> str:
    line = " ".join(question.split())
    return line if len(line) <= 80 else line[:79].rstrip() + "…"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
