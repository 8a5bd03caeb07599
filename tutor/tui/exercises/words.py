"""How exercises and their checks are said in few letters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual.content import Content

from tutor.learner.records import STATE_MARKS
from tutor.tui.labs.words import duration
from tutor.tui.plain_text import one_line

if TYPE_CHECKING:
    from tools.exercises.catalog import Exercise
    from tutor.exercises.desk import Entry
    from tutor.learner.records import ExerciseRecord

COLOURS = {"new": "$foreground 50%", "started": "$accent", "failing": "$error", "passed": "$success"}
STATES = {state: (mark, COLOURS[state]) for state, mark in STATE_MARKS.items()}
"""How each state of an exercise is marked, and in which colour."""


def headline(entry: Entry) -> Content:
    """ "✗ softmax  Softmax that does not overflow  failing: 3 of 7 checks hold"."""
    exercise, record = entry.exercise, entry.record
    mark, colour = STATES[record.state]
    return Content.assemble(
        (f"{mark} ", colour),
        (one_line(exercise.id, 60), "bold $primary"),
        f"  {one_line(exercise.title, 100)}  ",
        (one_line(standing(record), 120), "$foreground 60%"),
    )


def minutes(exercise: Exercise) -> str:
    """What an exercise takes: "15 min", with the time that its check trains."""
    words = f"{exercise.minutes} min"
    return f"{words} · its check trains, at most {duration(exercise.budget)}" if exercise.trains else words


def standing(record: ExerciseRecord) -> str:
    """An exercise's state in words: "failing: 3 of 7 checks hold · 4 attempts · 2 hints"."""
    words: str = record.state
    held = checks_held(record.last_verdict)
    if record.state == "failing" and held:
        words += f": {held}"
    if record.attempts:
        words += f" · {counted(record.attempts, 'attempt')}"
    if record.hints:
        words += f" · {counted(record.hints, 'hint')}"
    if record.solution_shown:
        words += " · solution seen"
    return words


def checks_held(verdict: Mapping[str, Any] | None) -> str:
    """ "3 of 7 checks hold"; "" where nothing is known."""
    checks = (verdict or {}).get("checks") or []
    held = sum(bool(each.get("passed")) for each in checks)
    return f"{held} of {len(checks)} checks hold" if checks else ""


def counted(number: int, word: str) -> str:
    """ "1 hint", "2 hints"."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
