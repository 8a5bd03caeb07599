"""The table of exercises: one folder each, described by its exercise.toml; cheap to read."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from tools.errors import UnknownExercise

FORMAT = 1
"""The version of exercise.toml that this program reads."""


@dataclass(frozen=True)
class Ladder:
    """Three steps of help: `nudge`, a hint on the learner's own failure, a worked similar problem.

    `hints` holds one text for each named mistake; `hint` is the text where none was recognised.
    """

    nudge: str
    hint: str
    hints: Mapping[str, str]
    example: str


@dataclass(frozen=True)
class Exercise:
    """One exercise; the long texts are read from `folder` when they are asked for.

    `names` are the functions and classes to write, `signature` their shape in one line, `concepts` and
    `sections` the course's own names and ids, `minutes` a learner's time. `trains` says that the check
    runs a lab, which takes up to `budget` seconds. `stage` names the stand-ins that the checks use,
    `preload` the libraries to import before the learner's code is there. `seconds` limits one check,
    `memory_mb` the learner's process.
    """

    id: str
    title: str
    lesson: int
    order: int
    names: tuple[str, ...]
    signature: str
    concepts: tuple[str, ...]
    sections: tuple[str, ...]
    minutes: int
    about: str
    mistakes: Mapping[str, str]
    folder: Path
    trains: bool = False
    budget: int = 0
    seconds: float = 5.0
    memory_mb: int = 2048
    stage: tuple[str, ...] = ()
    preload: tuple[str, ...] = ("numpy",)

    @property
    def task(self) -> str:
        """What to write, as Markdown."""
        return self._read("task.md")

    @property
    def starter(self) -> str:
        """The file that a learner begins with."""
        return self._read("starter.py")

    @property
    def explanation(self) -> str:
        """What there is to understand, as Markdown; for after passing."""
        return self._read("explanation.md")

    @cached_property
    def ladder(self) -> Ladder:
        """The hints, from hints.md."""
        return _ladder(self._read("hints.md"))

    def solution(self) -> str:
        """The reference solution; whoever shows it answers for the learner having passed or given up."""
        return self._read("solution.py")

    def _read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")


@cache
def exercises() -> tuple[Exercise, ...]:
    """Every exercise, in the order of the course."""
    found = [_load(path) for path in sorted(_ROOT.glob("lesson_*/*/exercise.toml"))]
    return tuple(sorted(found, key=lambda each: (each.lesson, each.order, each.id)))


def find_exercise(name: str) -> Exercise:
    """The exercise of that id, underscores taken for hyphens; UnknownExercise where there is none."""
    wanted = name.strip().lower().replace("_", "-").removesuffix(".py")
    known = {each.id: each for each in exercises()}
    if wanted in known:
        return known[wanted]
    close = difflib.get_close_matches(wanted, known, n=1)
    raise UnknownExercise(
        f"There is no exercise {name.strip()[:60]!r}.",
        help=f"Did you mean {close[0]}?" if close else "See: tutor exercise list",
    )


def _load(path: Path) -> Exercise:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    if data.pop("format") != FORMAT:
        raise ValueError(f"{path} is of another format than {FORMAT}")
    for name in ("names", "concepts", "sections", "stage", "preload"):
        if name in data:
            data[name] = tuple(data[name])
    return Exercise(**data, folder=path.parent)


def _ladder(text: str) -> Ladder:
    """hints.md: `## Nudge`, `## Hint` with `### mistake-id` parts, `## Worked example`."""
    parts = re.split(r"^## (Nudge|Hint|Worked example)[ \t]*$", text, flags=re.M)
    found = {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}
    hint, *own = re.split(r"^### ([a-z0-9-]+)[ \t]*$", found["Hint"], flags=re.M)
    hints = {name: body.strip() for name, body in zip(own[::2], own[1::2], strict=True)}
    return Ladder(found["Nudge"], hint.strip(), hints, found["Worked example"])


_ROOT = Path(__file__).parent
