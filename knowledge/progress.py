"""How far long work is, and the person's wish to stop it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long piece of work is: `done` of `total` in this phase, and what it is at."""

    phase: str
    done: int
    total: int
    detail: str = ""


ProgressCallback = Callable[[Progress], None]


class Cancelled(Exception):
    """The person stopped the work; what was done so far stays."""


def stop_if(cancel: threading.Event | None) -> None:
    """Raise Cancelled where the person asked to stop."""
    if cancel is not None and cancel.is_set():
        raise Cancelled("Stopped; what was read so far is kept.")
