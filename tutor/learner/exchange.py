"""A learner's history as JSON to take along: written in full, and read back with nothing taken on trust."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from tutor.learner.records import (
    SOLUTION_RUNG,
    Attempt,
    Help,
    History,
    Reading,
    Review,
    Start,
)
from tutor.learner.verdicts import as_json

T = TypeVar("T")


class BadExport(ValueError):
    """The data is no export that can be read; the message ends a sentence, its full stop left out."""


def as_export(history: History) -> dict[str, Any]:
    """The history as plain data of the version FORMAT."""
    return {
        "kind": KIND,
        "format": FORMAT,
        "starts": [asdict(each) for each in history.starts],
        "attempts": [asdict(each) | {"mistakes": list(each.mistakes)} for each in history.attempts],
        "help": [asdict(each) for each in history.help],
        "reviews": [asdict(each) for each in history.reviews],
        "readings": [asdict(each) for each in history.readings],
    }


def read_export(data: object, now: datetime) -> History:
    """The history in an export; raises BadExport where any part of it is not as it must be."""
    if not isinstance(data, dict) or data.get("kind") != KIND:
        raise BadExport('it has no "kind" that says so')
    version = data.get("format")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise BadExport("it does not say its format")
    if version > FORMAT:
        raise BadExport(f"it was written by a newer Tutor, in another format than {FORMAT}")
    latest = (now + _CLOCK_TOLERANCE).astimezone(UTC)
    reader = _Reader(latest)
    return History(
        starts=_each(data, "starts", reader.start),
        attempts=_each(data, "attempts", reader.attempt),
        help=_each(data, "help", reader.help),
        reviews=_each(data, "reviews", reader.review),
        readings=_each(data, "readings", reader.reading),
    )


class _Reader:
    """Reads entries, none of them from after `latest`."""

    def __init__(self, latest: datetime) -> None:
        self._latest = latest

    def start(self, entry: Mapping[str, Any]) -> Start:
        return Start(_name(entry, "exercise"), self._time(entry))

    def attempt(self, entry: Mapping[str, Any]) -> Attempt:
        passed, seconds, mistakes = entry.get("passed"), entry.get("seconds"), entry.get("mistakes")
        if not isinstance(passed, bool):
            raise BadExport('"passed" is not true or false')
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < 1e9:
            raise BadExport('"seconds" is no number of seconds')
        if not isinstance(mistakes, list) or len(mistakes) > 100:
            raise BadExport('"mistakes" is no list of names')
        return Attempt(
            key=_key(entry),
            exercise=_name(entry, "exercise"),
            at=self._time(entry),
            passed=passed,
            seconds=float(seconds),
            mistakes=tuple(_name({"mistakes": each}, "mistakes") for each in mistakes),
            verdict=_verdict(entry.get("verdict")),
        )

    def help(self, entry: Mapping[str, Any]) -> Help:
        rung = entry.get("rung")
        if isinstance(rung, bool) or not isinstance(rung, int) or not 1 <= rung <= SOLUTION_RUNG:
            raise BadExport(f'"rung" is not from 1 to {SOLUTION_RUNG}')
        return Help(_name(entry, "exercise"), rung, self._time(entry))

    def review(self, entry: Mapping[str, Any]) -> Review:
        rating = entry.get("rating")
        if isinstance(rating, bool) or rating not in (1, 2, 3, 4) or not isinstance(rating, int):
            raise BadExport('"rating" is not from 1 to 4')
        return Review(_key(entry), _name(entry, "card"), self._time(entry), rating)  # type: ignore[arg-type]

    def reading(self, entry: Mapping[str, Any]) -> Reading:
        return Reading(_name(entry, "section"), self._time(entry))

    def _time(self, entry: Mapping[str, Any]) -> str:
        """The time as this program writes it; what lies ahead would outrank everything done from now on."""
        text = entry.get("at")
        try:
            if not isinstance(text, str) or len(text) > 40:
                raise ValueError
            found = datetime.fromisoformat(text)
            if found.tzinfo is None:
                raise ValueError
            found = found.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise BadExport('"at" is no time with a time zone') from error
        if found > self._latest:
            raise BadExport(f'"at" lies in the future ({text})')
        return found.isoformat(timespec="milliseconds")


def _each(data: Mapping[str, Any], name: str, read: Callable[[Mapping[str, Any]], T]) -> tuple[T, ...]:
    entries = data.get(name, [])
    if not isinstance(entries, list):
        raise BadExport(f'"{name}" is no list')
    if len(entries) > MOST_ENTRIES:
        raise BadExport(f'"{name}" has {len(entries):,} entries, more than {MOST_ENTRIES:,}')
    found: list[T] = []
    for number, entry in enumerate(entries, 1):
        try:
            if not isinstance(entry, dict):
                raise BadExport("it is no object")
            found.append(read(entry))
        except BadExport as error:
            raise BadExport(f'entry {number} of "{name}" is wrong: {error}') from error
    return tuple(found)


def _name(entry: Mapping[str, Any], field: str) -> str:
    value = entry.get(field)
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise BadExport(f'"{field}" is no name')
    return value


def _key(entry: Mapping[str, Any]) -> str:
    value = entry.get("key")
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise BadExport('"key" is no key')
    return value


def _verdict(value: object) -> dict[str, Any] | None:
    """A verdict of the shape that `Verdict.as_dict()` has, cut to the size that is kept."""
    if value is None:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("passed"), bool):
        raise BadExport('"verdict" is no verdict')
    checks = value.get("checks")
    if not isinstance(checks, list) or not all(_is_check(each) for each in checks):
        raise BadExport('"verdict" has no list of checks')
    for field in _TEXTS:
        if not isinstance(value.get(field, ""), str):
            raise BadExport(f'"{field}" of "verdict" is no text')
    for field in _LISTS:
        texts = value.get(field, [])
        if not isinstance(texts, list) or not all(isinstance(each, str) for each in texts):
            raise BadExport(f'"{field}" of "verdict" is no list of texts')
    if not _is_number(value.get("seconds", 0)):
        raise BadExport('"seconds" of "verdict" is no number')
    kept: dict[str, Any] = json.loads(as_json(value))
    return kept


def _is_check(value: object) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("name"), str)
        and isinstance(value.get("passed"), bool)
        and all(isinstance(value.get(field, ""), str) for field in _CHECK_TEXTS)
        and _is_number(value.get("seconds", 0))
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -1e12 < value < 1e12


KIND = "tutor-progress"
FORMAT = 1
MOST_ENTRIES = 200_000

_CLOCK_TOLERANCE = timedelta(days=1)  # another machine's clock may be a little ahead
_NAME = re.compile(r"[A-Za-z0-9_.~-]{1,120}")
_KEY = re.compile(r"[0-9a-f]{32}")
_TEXTS = ("exercise", "output")
_LISTS = ("remarks", "isolation")
_CHECK_TEXTS = ("message", "mistake", "sentence", "traceback")
