"""What is kept of a learner's work: attempts, help shown, quiz reviews and sections read, in tutor.db."""

from __future__ import annotations

import json
import os
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from tutor.errors import StorageError, UsageError
from tutor.learner.exchange import BadExport, as_export, read_export
from tutor.learner.records import (
    LAST_RUNG,
    SOLUTION_RUNG,
    Attempt,
    Counts,
    ExerciseRecord,
    ExerciseState,
    Help,
    History,
    Rating,
    Reading,
    Review,
    Start,
)
from tutor.learner.verdicts import as_json
from tutor.store import Store


class LearnerStore:
    """A learner's history over an open Store; as safe between threads and processes as that is.

    Each method is one transaction. Raises StorageError when the disk or the file fails.
    """

    def __init__(self, store: Store, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Keep the history in `store`; `clock` says what time it is, in UTC."""
        self._store = store
        self._clock = clock

    def started(self, exercise: str, path: str) -> None:
        """Record where the learner's file for an exercise is; the first start is the one that counts."""
        with self._store.writing() as connection:
            connection.execute(
                "INSERT INTO exercises(exercise, started_at, path) VALUES (?, ?, ?)"
                " ON CONFLICT(exercise) DO UPDATE SET path = excluded.path",
                (exercise, self._now(), os.fsencode(path)),
            )

    def attempt(
        self,
        exercise: str,
        *,
        passed: bool,
        seconds: float,
        mistakes: Sequence[str],
        verdict: Mapping[str, Any],
    ) -> None:
        """Record one check and how it ended; a long verdict is cut, one of long ago not kept."""
        attempt = Attempt(uuid4().hex, exercise, self._now(), passed, seconds, tuple(mistakes), dict(verdict))
        with self._store.writing() as connection:
            _add_attempt(connection, attempt)
            _drop_old_verdicts(connection, exercise)

    def hint_shown(self, exercise: str, rung: int) -> None:
        """Record that a rung of the ladder, 1 to 3, was shown; again is once."""
        if not 1 <= rung <= LAST_RUNG:
            raise ValueError(f"a ladder has rungs 1 to {LAST_RUNG}, not {rung}")
        self._add_help(exercise, rung)

    def solution_shown(self, exercise: str) -> None:
        """Record that the reference solution was shown."""
        self._add_help(exercise, SOLUTION_RUNG)

    def record(self, exercise: str) -> ExerciseRecord:
        """How an exercise stands; a "new" one where nothing happened."""
        with self._store.reading() as connection:
            return _records(connection, exercise).get(exercise, ExerciseRecord(exercise))

    def records(self) -> dict[str, ExerciseRecord]:
        """How each exercise stands with which anything happened."""
        with self._store.reading() as connection:
            return _records(connection, None)

    def attempts(self, exercise: str | None = None) -> list[Attempt]:
        """The checks of one exercise or of all, oldest first."""
        with self._store.reading() as connection:
            return _attempts(connection, exercise)

    def review(self, card: str, rating: Rating) -> Review:
        """Record how well the learner knew a quiz card: 1 again, 2 hard, 3 good, 4 easy."""
        review = Review(uuid4().hex, card, self._now(), rating)
        with self._store.writing() as connection:
            _add_review(connection, review)
        return review

    def reviews(self, card: str | None = None) -> list[Review]:
        """The answers to one quiz card or to all, oldest first."""
        with self._store.reading() as connection:
            return _reviews(connection, card)

    def section_read(self, section: str) -> None:
        """Record that a section of the course was read now."""
        with self._store.writing() as connection:
            _add_reading(connection, Reading(section, self._now()))

    def history(self) -> History:
        """Everything that is kept, as it was at one moment."""
        with self._store.reading() as connection:
            connection.execute("BEGIN")
            try:
                return _history(connection)
            finally:
                connection.execute("COMMIT")

    def export(self) -> dict[str, Any]:
        """Everything that is kept, as JSON of a version; where the learner's files lie is left out."""
        return as_export(self.history())

    def load(self, data: object) -> Counts:
        """Add what an export holds to what is here, and say how much was new.

        Attempts and reviews are united, so the newest check decides as it would have on one machine;
        nothing that is here is lost. Raises UsageError for what is no export, and then changes nothing.
        """
        if not self._store.persistent and self._store.path is not None:
            raise StorageError(f"The progress cannot be imported: {self._store.message}")
        try:
            history = read_export(data, self._clock())
        except BadExport as error:
            raise UsageError(f"That is no progress export: {error}.", help=EXPORT_HELP) from error
        with self._store.writing() as connection:
            before = _counts(connection)
            _merge(connection, history)
            after = _counts(connection)
        return Counts(*(new - old for new, old in zip(after, before, strict=True)))

    def _add_help(self, exercise: str, rung: int) -> None:
        with self._store.writing() as connection:
            connection.execute(_ADD_HELP, (exercise, rung, self._now()))

    def _now(self) -> str:
        return self._clock().astimezone(UTC).isoformat(timespec="milliseconds")


def _records(connection: sqlite3.Connection, exercise: str | None) -> dict[str, ExerciseRecord]:
    only, of = ("", ()) if exercise is None else (" WHERE exercise = ?", (exercise,))
    starts = {
        name: (started_at, os.fsdecode(path))
        for name, started_at, path in connection.execute(
            f"SELECT exercise, started_at, path FROM exercises{only}", of
        )
    }
    rungs: dict[str, set[int]] = defaultdict(set)
    for name, rung in connection.execute(f"SELECT exercise, rung FROM exercise_help{only}", of):
        rungs[name].add(rung)
    checks: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    verdicts: dict[str, str | None] = {}
    for name, checked_at, passed in connection.execute(
        f"SELECT exercise, checked_at, passed FROM exercise_attempts{only} ORDER BY checked_at, id", of
    ):
        checks[name].append((checked_at, bool(passed)))
    for name in checks:
        verdicts[name] = connection.execute(
            "SELECT verdict FROM exercise_attempts WHERE exercise = ?"
            " ORDER BY checked_at DESC, id DESC LIMIT 1",
            (name,),
        ).fetchone()[0]
    return {
        name: _record(name, starts.get(name), rungs[name], checks[name], verdicts.get(name))
        for name in {*starts, *rungs, *checks}
    }


def _record(
    exercise: str,
    start: tuple[str, str] | None,
    rungs: set[int],
    checks: list[tuple[str, bool]],
    verdict: str | None,
) -> ExerciseRecord:
    started_at, path = start or (None, "")
    state: ExerciseState = "started" if start else "new"
    if checks:
        state = "passed" if checks[-1][1] else "failing"
    return ExerciseRecord(
        exercise=exercise,
        state=state,
        attempts=len(checks),
        hints=max((rung for rung in rungs if rung <= LAST_RUNG), default=0),
        solution_shown=SOLUTION_RUNG in rungs,
        started_at=started_at,
        checked_at=checks[-1][0] if checks else None,
        passed_at=next((at for at, passed in checks if passed), None),
        path=path,
        last_verdict=None if verdict is None else json.loads(verdict),
    )


def _history(connection: sqlite3.Connection) -> History:
    starts = connection.execute("SELECT exercise, started_at FROM exercises ORDER BY started_at")
    help = connection.execute("SELECT exercise, rung, shown_at FROM exercise_help ORDER BY shown_at, rung")
    readings = connection.execute("SELECT section, read_at FROM section_reads ORDER BY read_at")
    return History(
        starts=tuple(Start(*row) for row in starts),
        attempts=tuple(_attempts(connection, None)),
        help=tuple(Help(*row) for row in help),
        reviews=tuple(_reviews(connection, None)),
        readings=tuple(Reading(*row) for row in readings),
    )


def _attempts(connection: sqlite3.Connection, exercise: str | None) -> list[Attempt]:
    only, of = ("", ()) if exercise is None else (" WHERE exercise = ?", (exercise,))
    rows = connection.execute(
        "SELECT key, exercise, checked_at, passed, seconds, mistakes, verdict FROM exercise_attempts"
        f"{only} ORDER BY checked_at, id",
        of,
    )
    return [
        Attempt(
            key=key,
            exercise=name,
            at=at,
            passed=bool(passed),
            seconds=seconds,
            mistakes=tuple(json.loads(mistakes)),
            verdict=None if verdict is None else json.loads(verdict),
        )
        for key, name, at, passed, seconds, mistakes, verdict in rows
    ]


def _reviews(connection: sqlite3.Connection, card: str | None) -> list[Review]:
    only, of = ("", ()) if card is None else (" WHERE card = ?", (card,))
    rows = connection.execute(
        f"SELECT key, card, reviewed_at, rating FROM quiz_reviews{only} ORDER BY reviewed_at, id", of
    )
    return [Review(*row) for row in rows]


def _merge(connection: sqlite3.Connection, history: History) -> None:
    """Unite: first starts and first help stay first, last readings last, attempts and reviews all stay."""
    for start in history.starts:
        connection.execute(
            "INSERT INTO exercises(exercise, started_at) VALUES (?, ?) ON CONFLICT(exercise)"
            " DO UPDATE SET started_at = MIN(started_at, excluded.started_at)",
            (start.exercise, start.at),
        )
    for each in history.help:
        connection.execute(_ADD_HELP, (each.exercise, each.rung, each.at))
    for attempt in history.attempts:
        _add_attempt(connection, attempt)
    for exercise in {attempt.exercise for attempt in history.attempts}:
        _drop_old_verdicts(connection, exercise)
    for review in history.reviews:
        _add_review(connection, review)
    for reading in history.readings:
        _add_reading(connection, reading)


def _add_attempt(connection: sqlite3.Connection, attempt: Attempt) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO exercise_attempts"
        "(key, exercise, checked_at, passed, seconds, mistakes, verdict) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            attempt.key,
            attempt.exercise,
            attempt.at,
            attempt.passed,
            attempt.seconds,
            json.dumps(attempt.mistakes[:_MOST_MISTAKES]),
            None if attempt.verdict is None else as_json(attempt.verdict),
        ),
    )


def _drop_old_verdicts(connection: sqlite3.Connection, exercise: str) -> None:
    """Keep the verdicts of an exercise's newest attempts only: watching a file checks it at every save."""
    connection.execute(
        "UPDATE exercise_attempts SET verdict = NULL WHERE exercise = ? AND verdict IS NOT NULL AND id NOT IN"
        " (SELECT id FROM exercise_attempts WHERE exercise = ? ORDER BY checked_at DESC, id DESC LIMIT ?)",
        (exercise, exercise, VERDICTS_KEPT),
    )


def _add_review(connection: sqlite3.Connection, review: Review) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO quiz_reviews(key, card, reviewed_at, rating) VALUES (?, ?, ?, ?)",
        (review.key, review.card, review.at, review.rating),
    )


def _add_reading(connection: sqlite3.Connection, reading: Reading) -> None:
    connection.execute(
        "INSERT INTO section_reads(section, read_at) VALUES (?, ?)"
        " ON CONFLICT(section) DO UPDATE SET read_at = MAX(read_at, excluded.read_at)",
        (reading.section, reading.at),
    )


def _counts(connection: sqlite3.Connection) -> tuple[int, int, int]:
    exercises, attempts, reviews = (
        int(connection.execute(query).fetchone()[0])
        for query in (
            "SELECT COUNT(*) FROM"
            " (SELECT exercise FROM exercises UNION SELECT exercise FROM exercise_attempts)",
            "SELECT COUNT(*) FROM exercise_attempts",
            "SELECT COUNT(*) FROM quiz_reviews",
        )
    )
    return exercises, attempts, reviews


VERDICTS_KEPT = 20
EXPORT_HELP = "Give a file that was written by: tutor progress export FILE"

_MOST_MISTAKES = 100
_ADD_HELP = (
    "INSERT INTO exercise_help(exercise, rung, shown_at) VALUES (?, ?, ?)"
    " ON CONFLICT(exercise, rung) DO UPDATE SET shown_at = MIN(shown_at, excluded.shown_at)"
)
