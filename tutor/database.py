"""Opening tutor.db: write-ahead log, versioned migrations, and each failure as one sentence."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tutor.errors import StorageError
from tutor.usable_home import HOME_HELP, why_read_only

BUSY_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Opened:
    """An open database; `persistent` False means it lives in memory only, and `message` says why."""

    connection: sqlite3.Connection
    persistent: bool
    message: str = ""


class DamagedDatabase(StorageError):
    """The file is there but is no sound SQLite database."""

    title = "The database is damaged"


def open_database(path: Path) -> Opened:
    """Open or create the database and bring it to the newest version.

    Where the folder or file may not be written, the result lives in memory, holding what could be
    read. Raises StorageError for everything else (damaged, newer than this Tutor, full disk).
    """
    reason = why_read_only(path.parent)
    if reason:
        return _in_memory(path, reason)
    if path.is_dir():
        raise StorageError(f"{path} is a folder where the database should be.", help="Move it elsewhere.")
    if path.exists() and not os.access(path, os.W_OK):
        return _in_memory(path, f"{path} is read-only")
    with translated(path):
        try:
            connection = _connect(path)
            try:
                migrate(connection, path)
            except BaseException:
                connection.close()
                raise
            return Opened(connection, persistent=True)
        except sqlite3.OperationalError as error:
            if _primary(error) not in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
                raise
            return _in_memory(path, f"{path.parent} cannot be written")


def open_in_memory() -> Opened:
    """A database that is gone when it is closed, for questions that nobody wants kept."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA foreign_keys = ON")
    migrate(connection, Path(":memory:"))
    return Opened(connection, persistent=False)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Run the migrations that are missing, all or none; refuses a database newer than this Tutor."""
    if _version(connection, path) == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for script in MIGRATIONS[_version(connection, path) :]:  # again: another process may have run them
            for statement in script:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def check(path: Path) -> tuple[str, str]:
    """What is wrong with the database and what to do; two empty texts where it is sound or not there yet."""
    if not path.exists():
        return "", ""
    try:
        with translated(path), closing(_connect_to_read(path)) as connection:
            _version(connection, path)
            found = [row[0] for row in connection.execute("PRAGMA quick_check(1)")]
    except StorageError as error:
        return str(error), error.help
    return ("", "") if found == ["ok"] else (f"The database {path} is damaged ({found[0]}).", REPAIR_HELP)


def is_damaged(path: Path) -> bool:
    """Whether the file is there but is no sound database; False for one that is merely locked or newer."""
    return check(path)[1] == REPAIR_HELP


@contextmanager
def translated(path: Path | None) -> Iterator[None]:
    """Turn SQLite's and the disk's errors over `path` into StorageError."""
    path = path or Path(":memory:")
    try:
        yield
    except sqlite3.Error as error:
        raise _as_storage_error(error, path) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise _full(path) from error
        raise StorageError(f"{path} cannot be used: {error.strerror}.", help=HOME_HELP) from error


def _as_storage_error(error: sqlite3.Error, path: Path) -> StorageError:
    code = _primary(error)
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return DamagedDatabase(
            f"The database {path} is damaged ({error}).",
            help=REPAIR_HELP,
        )
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _nearly_full(path)):
        return _full(path)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StorageError(
            f"Another program has kept {path} locked for {BUSY_SECONDS:.0f} seconds.",
            help="Close the other Tutor and try again.",
            retryable=True,
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StorageError(f"The database {path} cannot be written.", help=HOME_HELP)
    return StorageError(f"The database {path} failed: {error}.", help="Run: tutor doctor")


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _enter_wal(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _enter_wal(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log; SQLite does not wait for its own lock here, so this does."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if _primary(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _connect_to_read(path: Path) -> sqlite3.Connection:
    """A read-only connection, also where SQLite may not make the files that its log needs."""
    address = path.absolute().as_uri()
    connection = sqlite3.connect(f"{address}?mode=ro", uri=True, timeout=BUSY_SECONDS)
    try:
        connection.execute("PRAGMA user_version").fetchone()
        return connection
    except sqlite3.OperationalError:
        connection.close()
        return sqlite3.connect(f"{address}?mode=ro&immutable=1", uri=True)


def _in_memory(path: Path, reason: str) -> Opened:
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    message = f"{reason}, so nothing of this session will be kept. {HOME_HELP}"
    with translated(path):
        if path.exists():
            with closing(_connect_to_read(path)) as before:
                before.backup(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        migrate(connection, path)
    return Opened(connection, persistent=False, message=message)


def _version(connection: sqlite3.Connection, path: Path) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise StorageError(
            f"The database {path} was written by a newer Tutor (version {version}, this one knows "
            f"{len(MIGRATIONS)}).",
            title="This Tutor is too old for the database",
            help="Update Tutor, or set TUTOR_HOME to another folder.",
        )
    return version


def _primary(error: sqlite3.Error) -> int:
    return (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF


def _nearly_full(path: Path) -> bool:
    return shutil.disk_usage(path.parent).free < 1_000_000


def _full(path: Path) -> StorageError:
    return StorageError(f"The disk that holds {path.parent} is full.", help=f"Free some space. {HOME_HELP}")


REPAIR_HELP = "Run: tutor doctor --repair (it sets the file aside under a dated name and begins anew)."

# One tuple of statements a version. Written ones never change; a change is one more at the end.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE sessions (
            name TEXT PRIMARY KEY,
            title TEXT NOT NULL DEFAULT '',
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            generated INTEGER NOT NULL DEFAULT 0,
            process TEXT NOT NULL DEFAULT '')""",
        """CREATE TABLE turns (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            session TEXT NOT NULL REFERENCES sessions(name) ON DELETE CASCADE,
            question TEXT NOT NULL,
            answer TEXT,
            state TEXT NOT NULL,
            asked_at TEXT NOT NULL,
            finished_at TEXT,
            process TEXT NOT NULL)""",
        "CREATE INDEX turns_by_session ON turns(session, id)",
    ),
    (
        """CREATE TABLE exercises (
            exercise TEXT PRIMARY KEY,
            started_at TEXT NOT NULL,
            path BLOB NOT NULL DEFAULT '')""",
        """CREATE TABLE exercise_help (
            exercise TEXT NOT NULL,
            rung INTEGER NOT NULL,
            shown_at TEXT NOT NULL,
            PRIMARY KEY (exercise, rung))""",
        """CREATE TABLE exercise_attempts (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            key TEXT NOT NULL UNIQUE,
            exercise TEXT NOT NULL,
            checked_at TEXT NOT NULL,
            passed INTEGER NOT NULL,
            seconds REAL NOT NULL,
            mistakes TEXT NOT NULL,
            verdict TEXT)""",
        "CREATE INDEX attempts_by_exercise ON exercise_attempts(exercise, checked_at, id)",
        """CREATE TABLE quiz_reviews (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            key TEXT NOT NULL UNIQUE,
            card TEXT NOT NULL,
            reviewed_at TEXT NOT NULL,
            rating INTEGER NOT NULL)""",
        """CREATE TABLE section_reads (
            section TEXT PRIMARY KEY,
            read_at TEXT NOT NULL)""",
    ),
)
