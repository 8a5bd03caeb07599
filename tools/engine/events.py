"""A run's events.jsonl: appended to by the run's process alone, read by everybody else while it grows."""

from __future__ import annotations

import contextlib
import json
import math
import os
import time
from pathlib import Path
from typing import Any

EVENTS_FILE = "events.jsonl"
ENDINGS = ("result", "failed", "cancelled")
"""The events that end a run; `starting` after one of them means that it was resumed."""


class EventLog:
    """Appends events, one JSON object a line, each written at once, so that a killed run loses none.

    A full disk must not swallow the event that says so: a small reserve file is given up for it.
    """

    def __init__(self, folder: Path) -> None:
        """Open `folder`/events.jsonl, closing a line that an earlier process did not finish."""
        self._file = os.open(folder / EVENTS_FILE, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        self._reserve = folder / "reserve"
        size = os.fstat(self._file).st_size
        self._torn = size > 0 and os.pread(self._file, 1, size - 1) != b"\n"
        if not self._reserve.exists():
            with contextlib.suppress(OSError):
                self._reserve.write_bytes(b"\0" * _RESERVE_BYTES)

    def write(self, event: str, **data: Any) -> None:
        """Append one event; raises OSError where the disk is full."""
        line = json.dumps({"event": event, "time": round(time.time(), 3), **json_safe(data)})
        try:
            self._append(line)
        except OSError:
            if event not in ENDINGS:
                raise
            self._reserve.unlink(missing_ok=True)
            self._append(line)

    def close(self) -> None:
        """Close the file and give the reserve back."""
        os.close(self._file)
        with contextlib.suppress(OSError):
            self._reserve.unlink(missing_ok=True)

    def _append(self, line: str) -> None:
        data = (("\n" if self._torn else "") + line + "\n").encode()
        self._torn = True  # until all of it is there
        while data:
            data = data[os.write(self._file, data) :]
        self._torn = False


class EventReader:
    """Reads the events that came since the last look; a line still being written waits for its end."""

    def __init__(self, folder: Path) -> None:
        """Begin at the first event of the run in `folder`."""
        self._path = folder / EVENTS_FILE
        self._read = 0

    def poll(self) -> list[dict[str, Any]]:
        """The new events in order; lines that are no event are passed over."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._read)
                new = file.read(_MOST_BYTES)
        except OSError:
            return []
        whole = new[: new.rfind(b"\n") + 1]
        if not whole and len(new) == _MOST_BYTES:
            whole = new  # no event is that long: garbage, to be passed over
        self._read += len(whole)
        events = [_parsed(line) for line in whole.splitlines()]
        found = [event for event in events if event is not None]
        return found + self.poll() if len(new) == _MOST_BYTES else found


def json_safe(value: Any) -> Any:
    """The value with numpy numbers as Python's, and what JSON cannot say (nan, inf) as text."""
    if isinstance(value, dict):
        return {str(key): json_safe(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [json_safe(each) for each in value]
    if hasattr(value, "tolist"):
        return json_safe(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Path):
        return str(value)
    return value


def number(value: Any) -> float | None:
    """A number as `json_safe` wrote it; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    return float(value) if value in ("nan", "inf", "-inf") else None


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None


_RESERVE_BYTES = 16_384
_MOST_BYTES = 4_000_000
