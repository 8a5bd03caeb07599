"""Proves an exercise: its starter fails, its solution passes, and each named mistake is told by its sentence.

Run as `python -m tools.exercises.proof [ID ...]`, or with `--file ID FILE ...` to judge files.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.checker import Verdict, check
from tools.exercises.catalog import Exercise, exercises, find_exercise


def problems(exercise: Exercise, home: Path | None = None) -> list[str]:
    """What is wrong with an exercise, one sentence each; an exercise that trains runs its labs."""
    found = []
    if set(exercise.ladder.hints) != set(exercise.mistakes):
        found.append("hints.md and exercise.toml name different mistakes")
    if len(exercise.mistakes) < 3:
        found.append("fewer than three mistakes are named")
    if len(set(exercise.mistakes.values())) != len(exercise.mistakes):
        found.append("two mistakes have the same sentence")
    for text in (
        exercise.ladder.nudge,
        exercise.ladder.hint,
        exercise.ladder.example,
        exercise.task,
        exercise.explanation,
    ):
        if len(text) < 40:
            found.append(f"a text is too short: {text!r}")
    if check(exercise, code=exercise.starter, home=home).passed:
        found.append("the starter passes")
    verdict = check(exercise, code=exercise.solution(), home=home)
    if not verdict.passed:
        found.append(f"the solution does not pass:\n{told(verdict)}")
    return found + [
        line for mistake in exercise.mistakes for line in mistake_problems(exercise, mistake, home)
    ]


def mistake_problems(exercise: Exercise, mistake: str, home: Path | None = None) -> list[str]:
    """What is wrong with how one named mistake is caught; nothing where its own sentence is told."""
    path = exercise.folder / "mistakes" / f"{mistake}.py"
    if not path.exists():
        return [f"{path.name} is missing"]
    verdict = check(exercise, code=path.read_text(encoding="utf-8"), home=home)
    if verdict.passed:
        return [f"{path.name} passes"]
    sentence = exercise.mistakes[mistake]
    if not any(each.mistake == mistake and sentence in each.message for each in verdict.checks):
        return [f"{path.name} is not told by its sentence:\n{told(verdict)}"]
    return []


def told(verdict: Verdict) -> str:
    """A verdict as lines of text."""
    lines = []
    for each in verdict.checks:
        lines.append(f"  {'ok ' if each.passed else 'NO '} {each.name} ({each.seconds:.2f} s) {each.mistake}")
        lines += [f"        {line}" for line in [*each.message.splitlines(), *each.traceback.splitlines()]]
    if verdict.output:
        lines.append(f"  printed: {verdict.output[:500]!r}")
    return "\n".join([*lines, f"  {'passed' if verdict.passed else 'not passed'} in {verdict.seconds:.2f} s"])


def main(arguments: list[str] | None = None) -> int:
    """Print what is wrong; 1 where anything is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", action="store_true", help="judge FILES with the exercise named first")
    parser.add_argument("--home", type=Path, help="the data folder, for exercises that train")
    parser.add_argument("names", nargs="*", metavar="ID")
    given = parser.parse_args(arguments)
    if given.file:
        exercise = find_exercise(given.names[0])
        for file in given.names[1:]:
            print(f"{file}\n{told(check(exercise, Path(file), home=given.home))}")
        return 0
    chosen = [find_exercise(name) for name in given.names] or [
        each for each in exercises() if not each.trains
    ]
    wrong = 0
    for exercise in chosen:
        found = problems(exercise, given.home)
        wrong += bool(found)
        print(f"{exercise.id}: {'proven' if not found else chr(10).join(found)}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
