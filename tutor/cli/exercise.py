"""`tutor exercise`: list, show and start exercises; hints, solutions, a fresh start, watching a file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutor.cli.opening import open_store, settings_in_force
from tutor.cli.output import say, say_json, say_styled, styled, tell
from tutor.errors import UsageError
from tutor.learner.records import STATE_MARKS

if TYPE_CHECKING:
    from tutor.exercises.desk import Desk, Entry
    from tutor.exercises.ladder import Hint

_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
_id = click.argument("exercise_id", metavar="ID")


@contextmanager
def open_desk() -> Iterator[Desk]:
    """The desk over the data folder in force."""
    from tutor.exercises.desk import Desk

    settings = settings_in_force()
    with open_store(settings) as store:
        yield Desk(settings, store)


@click.group(invoke_without_command=True)
@_json
@click.pass_context
def exercise(context: click.Context, as_json: bool) -> int:
    """Write code yourself: exercises with hints.

    Without a command: list the exercises. `tutor check ID` checks one.
    """
    if context.invoked_subcommand is None:
        return int(context.invoke(list_exercises, lesson=None, as_json=as_json))
    return 0


@exercise.command("list")
@click.option("--lesson", type=int, metavar="N", help="Only those of this lesson.")
@_json
def list_exercises(lesson: int | None, as_json: bool) -> int:
    """List the exercises and how each stands."""
    from tutor.cli.table import say_table

    with open_desk() as desk:
        every = desk.entries()
    found = [each for each in every if lesson in (None, each.exercise.lesson)]
    if not found and lesson is not None:
        lessons = sorted({each.exercise.lesson for each in every})
        raise UsageError(
            f"Lesson {lesson} has no exercises.", help=f"Lessons with some: {', '.join(map(str, lessons))}."
        )
    passed = sum(each.record.state == "passed" for each in found)
    if as_json:
        say_json(
            {"exercises": [_public(each) for each in found], "passed": passed, "exercise_count": len(found)}
        )
        return 0
    rows = [
        (
            f"{STATE_MARKS[each.record.state]} {each.exercise.id}",
            str(each.exercise.lesson),
            f"{each.exercise.minutes} min",
            each.exercise.title,
        )
        for each in found
    ]
    say_table(("  Exercise", "Lesson", "Time", "What it is"), rows)
    say()
    marks = ", ".join(f"{mark} {state}" for state, mark in STATE_MARKS.items())
    say(f"{passed} of {len(found)} passed. ({marks})")
    say_styled(styled("Begin one: tutor exercise start ID   What comes next: tutor exercise next", 2))
    return 0


@exercise.command()
@_id
@_json
def show(exercise_id: str, as_json: bool) -> int:
    """Print an exercise's task."""
    from tutor.cli.exercise_text import facts, prose, width

    with open_desk() as desk:
        entry = desk.entry(exercise_id)
    task = entry.exercise.task
    if as_json:
        say_json({**_public(entry), "task": task})
        return 0
    say_styled(f"{styled(entry.exercise.id, 1)}  {styled(facts(entry), 2)}")
    say()
    for line in prose(task, width()):
        say_styled(line)
    say()
    if entry.record.state == "new":
        say_styled(styled(f"Begin: tutor exercise start {entry.exercise.id}", 2))
    else:
        say_styled(styled(f"Check it: tutor check {entry.exercise.id}", 2))
    return 0


@exercise.command()
@_id
@click.option("--here", is_flag=True, help="Put the file into this folder instead of the data folder.")
@_json
def start(exercise_id: str, here: bool, as_json: bool) -> int:
    """Write the file to begin with.

    Prints where it is. A file that is there already stays as it is.
    """
    with open_desk() as desk:
        name = desk.entry(exercise_id).exercise.id
        started = desk.start(name, _this_folder() if here else None)
    if as_json:
        say_json({"exercise": name, "path": str(started.path), "created": started.created})
        return 0
    if not started.created:
        tell("The file is there already; it stays as it is.")
    say(str(started.path))
    tell(f"Task: tutor exercise show {name}   Check it: tutor check {name}")
    tell(f"Check it on every save: tutor exercise watch {name}")
    return 0


@exercise.command("next")
@_json
def next_(as_json: bool) -> int:
    """Say which exercise you are at, or which comes next."""
    from tutor.cli.exercise_text import facts

    with open_desk() as desk:
        entry = desk.current()
    if as_json:
        say_json({"exercise": None if entry is None else _public(entry)})
        return 0
    if entry is None:
        say("Every exercise is passed.")
        return 0
    name = entry.exercise.id
    say_styled(f"{styled(name, 1)}  {styled(facts(entry), 2)}")
    say(entry.exercise.about)
    begun = entry.record.state != "new"
    say_styled(styled(f"{'Check it: tutor check' if begun else 'Begin: tutor exercise start'} {name}", 2))
    return 0


@exercise.command()
@_id
@click.option("--again", is_flag=True, help="Print the hints shown so far, and no new one.")
@_json
def hint(exercise_id: str, again: bool, as_json: bool) -> int:
    """Show the next of three hints.

    A nudge first, then one that speaks of your last check, then a similar problem, solved.
    """
    with open_desk() as desk:
        name = desk.entry(exercise_id).exercise.id
        shown = desk.hints(name) if again else [desk.next_hint(name)]
    if as_json:
        told = [_told(each) for each in shown]
        say_json({"exercise": name, "hints": told} if again else {"exercise": name, **told[0]})
        return 0
    if not shown:
        tell(f"No hint was shown yet. The first: tutor exercise hint {name}")
    for number, each in enumerate(shown):
        if number:
            say()
        _say_hint(each)
    if shown and shown[-1].rung < shown[-1].of:
        tell(f"\nNext hint: tutor exercise hint {name}")
    return 0


@exercise.command()
@_id
@click.option("--yes", "-y", is_flag=True, help="Show it after all hints though the exercise is not passed.")
@_json
def solution(exercise_id: str, yes: bool, as_json: bool) -> int:
    """Print the solution, after passing.

    Or after all three hints, if you insist.
    """
    from tutor.cli.code import say_code
    from tutor.exercises.desk import SolutionLocked

    with open_desk() as desk:
        name = desk.entry(exercise_id).exercise.id
        try:
            text = desk.solution(name, sure=yes)
        except SolutionLocked as error:
            if not error.needs_yes or as_json or not _asks():
                raise
            click.confirm(f"You have not passed {name} yet. Show the solution?", abort=True, err=True)
            text = desk.solution(name, sure=True)
    if as_json:
        say_json({"exercise": name, "solution": text})
    else:
        say_code(text)
    return 0


@exercise.command()
@_id
@_json
def explain(exercise_id: str, as_json: bool) -> int:
    """Print what there is to learn, after passing."""
    from tutor.cli.exercise_text import prose, width

    with open_desk() as desk:
        name = desk.entry(exercise_id).exercise.id
        text = desk.explanation(name)
    if as_json:
        say_json({"exercise": name, "explanation": text})
        return 0
    for line in prose(text, width()):
        say_styled(line)
    return 0


@exercise.command()
@_id
@click.option("--yes", "-y", is_flag=True, help="Do not ask first.")
@_json
def reset(exercise_id: str, yes: bool, as_json: bool) -> int:
    """Begin anew; your file is kept as a backup."""
    with open_desk() as desk:
        name = desk.entry(exercise_id).exercise.id
        path = desk.path(name)
        if not yes and path.exists():
            if as_json or not _asks():
                raise UsageError(
                    f"{path} would begin anew.", help=f"Say so: tutor exercise reset {name} --yes"
                )
            click.confirm(f"Begin {path} anew? What is in it is kept as a backup", abort=True, err=True)
        done = desk.reset(name)
    if as_json:
        backup = None if done.backup is None else str(done.backup)
        say_json({"exercise": name, "path": str(done.path), "backup": backup})
        return 0
    say(f"{done.path} is as in the beginning.")
    if done.backup is not None:
        say(f"What you wrote is in {done.backup}.")
    return 0


@exercise.command()
@click.argument("exercise_id", metavar="[ID]", required=False)
def watch(exercise_id: str | None) -> int:
    """Check an exercise on every save.

    Without an ID: the exercise you are at. Edit the file in your own editor meanwhile; keys show hints,
    the task, the next exercise and the solution.
    """
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        raise UsageError(
            "Watching needs a terminal, and this is a pipe or a file.",
            title="No terminal",
            help="Check once with: tutor check ID",
        )
    from tutor.cli.exercise_watch import watch_exercise

    with open_desk() as desk:
        entry = desk.current() if exercise_id is None else desk.entry(exercise_id)
        if entry is None:
            say("Every exercise is passed. Watch one again: tutor exercise watch ID")
            return 0
        return watch_exercise(desk, entry.exercise.id)


def _say_hint(hint: Hint) -> None:
    from tutor.cli.exercise_text import prose, width

    say_styled(styled(f"Hint {hint.rung} of {hint.of}: {hint.title}", 1))
    for line in prose(hint.text, width()):
        say_styled(line)


def _told(hint: Hint) -> dict[str, Any]:
    return {"rung": hint.rung, "of": hint.of, "title": hint.title, "text": hint.text}


def _public(entry: Entry) -> dict[str, Any]:
    exercise, record = entry.exercise, entry.record
    return {
        "id": exercise.id,
        "title": exercise.title,
        "lesson": exercise.lesson,
        "about": exercise.about,
        "names": list(exercise.names),
        "signature": exercise.signature,
        "minutes": exercise.minutes,
        "trains": exercise.trains,
        "budget": exercise.budget,
        "state": record.state,
        "attempts": record.attempts,
        "hints": record.hints,
        "solution_shown": record.solution_shown,
        "passed_at": record.passed_at,
        "path": record.path,
    }


def _asks() -> bool:
    """Whether there is a person to ask."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def _this_folder() -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        raise UsageError(
            "This folder is gone.", help="Change to another folder, or leave out --here."
        ) from error
