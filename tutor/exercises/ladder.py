"""The three hints of an exercise as text: a nudge, one on the learner's own failure, a solved neighbour."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tools.exercises.catalog import Ladder

RUNGS = 3


@dataclass(frozen=True, slots=True)
class Hint:
    """One rung of the ladder; `text` is Markdown, with what the learner's code made as a code block."""

    rung: int
    of: int
    title: str
    text: str


def hint(ladder: Ladder, rung: int, failure: Mapping[str, Any] | None = None) -> Hint:
    """The hint on one rung, from 1; the second speaks of `failure`, a verdict that did not pass."""
    text = (ladder.nudge, _on_failure(ladder, failure), ladder.example)[rung - 1]
    return Hint(rung, RUNGS, _TITLES[rung - 1], text.strip())


def _on_failure(ladder: Ladder, failure: Mapping[str, Any] | None) -> str:
    failed = [each for each in (failure or {}).get("checks", ()) if not each.get("passed")]
    if not failed:
        return f"{_NOT_CHECKED}\n\n{ladder.hint}"
    named = next((each for each in failed if each.get("mistake") in ladder.hints), failed[0])
    advice = ladder.hints.get(named.get("mistake", ""), ladder.hint)
    name, message = str(named.get("name", "")), str(named.get("message", "")).strip()
    told = f"\n\n{_as_code(message)}" if message else ""
    return f"Your last check did not hold here: {_escaped(name)}.{told}\n\n{advice}"


def _as_code(text: str) -> str:
    """A block that Markdown leaves as it is, whatever the text holds."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`{3,}", text)), default=2))
    return f"{fence}text\n{text}\n{fence}"


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", " ".join(text.split())).rstrip(".")


_TITLES = ("A nudge", "A hint on your last check", "A similar problem, solved")
_NOT_CHECKED = "Run the check first: then this hint speaks of what your own code does. In general:"
