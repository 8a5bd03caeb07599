"""`tutor progress`: what was done, what is known, what comes next; taken along as JSON and brought back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutor.cli.opening import open_store, settings_in_force
from tutor.cli.output import say, say_json, say_styled, styled
from tutor.errors import StorageError, UsageError

if TYPE_CHECKING:
    from tutor.learner.progress import HomeSummary, LessonProgress, Step

_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group(invoke_without_command=True)
@click.option("--lesson", type=click.IntRange(min=1), metavar="N", help="Only this lesson, in detail.")
@_json
@click.pass_context
def progress(context: click.Context, lesson: int | None, as_json: bool) -> int:
    """See what you have done, what you know, and what comes next.

    Mastery of a concept goes from 0 to 100 %. It rests on exercises and quiz answers; help that was
    shown lowers it, a single success gives at most half, and what is not practised fades over months.
    """
    if context.invoked_subcommand is not None:
        return 0
    from tutor.learner_desk import LearnerDesk

    settings = settings_in_force()
    with open_store(settings) as store:
        desk = LearnerDesk(settings, store)
        lessons, home = desk.progress(lesson), desk.home()
    if as_json:
        say_json(_public(lessons, home))
    elif lesson is None:
        _say_overview(lessons, home)
    else:
        _say_lesson(lessons[0])
    return 0


@progress.command()
@click.argument("file", required=False)
@click.option("--overwrite", is_flag=True, help="Replace FILE where it is there already.")
@_json
def export(file: str | None, overwrite: bool, as_json: bool) -> int:
    """Write all progress as JSON, to FILE or to stdout.

    It holds attempts, hints, quiz answers and sections read; your own solutions stay where they are.
    """
    from tutor.learner_store import LearnerStore

    with open_store(settings_in_force()) as store:
        data = LearnerStore(store).export()
    if file is None:
        say_json(data)
        return 0
    path = _path(file)
    _write(path, json.dumps(data, ensure_ascii=True, indent=1) + "\n", overwrite=overwrite)
    if as_json:
        say_json({"path": str(path), "attempts": len(data["attempts"]), "reviews": len(data["reviews"])})
    else:
        say(f"Wrote {path}.")
    return 0


@progress.command("import")
@click.argument("file")
@_json
def import_progress(file: str, as_json: bool) -> int:
    """Add the progress in FILE, written by `export`, to what is here; nothing that is here is lost."""
    from dataclasses import asdict

    from tutor.learner_store import LearnerStore

    data = _read(_path(file))
    with open_store(settings_in_force()) as store:
        counts = LearnerStore(store).load(data)
    if as_json:
        say_json(asdict(counts))
    elif any(asdict(counts).values()):
        said = (
            _count(counts.exercises, "exercise"),
            _count(counts.attempts, "check"),
            _count(counts.reviews, "quiz answer"),
        )
        say(f"New here: {said[0]}, {said[1]} and {said[2]}.")
    else:
        say("All of it was here already.")
    return 0


def _say_overview(lessons: list[LessonProgress], home: HomeSummary) -> None:
    from tutor.cli.table import say_table

    say_table(
        ("Lesson", "Exercises", "Mastery", "Due", "Next"),
        [
            (
                f"{each.number:>2} {each.title}",
                f"{each.passed} of {each.total}" if each.total else "-",
                _bar(each.mastery),
                str(each.due or "-"),
                _next_id(each.next),
            )
            for each in lessons
        ],
    )
    if known := [each for lesson in lessons for each in lesson.concepts if each.evidence]:
        known.sort(key=lambda each: each.mastery)
        say()
        say_table(
            ("Concept", "Mastery", "Section"),
            [(each.concept, _bar(each.mastery), each.section) for each in known[:_MOST_CONCEPTS]],
        )
        if len(known) > _MOST_CONCEPTS:
            say(f"... and {len(known) - _MOST_CONCEPTS} known better. See: tutor progress --lesson N")
    say()
    if home.last is not None:
        say(f"Last: {home.last.kind} {_named(home.last.name, home.last.title)}")
    _say_next(home.next)
    if home.due and (home.next is None or home.next.kind != "quiz"):
        say(f"Due:  {_count(home.due, 'quiz question')}: tutor quiz")


def _say_lesson(lesson: LessonProgress) -> None:
    from tutor.cli.table import say_table

    say_styled(styled(f"{lesson.number}  {lesson.title}", 1))
    if lesson.exercises:
        say(f"{lesson.passed} of {_count(lesson.total, 'exercise')} passed")
        say()
        say_table(
            ("Exercise", "State", "Checks", "Hints", "Title"),
            [
                (
                    each.id,
                    each.record.state,
                    str(each.record.attempts or "-"),
                    "solution" if each.record.solution_shown else str(each.record.hints or "-"),
                    each.title,
                )
                for each in lesson.exercises
            ],
        )
    if lesson.concepts:
        say()
        say_table(
            ("Concept", "Mastery", "Section"),
            [
                (each.concept, _bar(each.mastery) if each.evidence else "-", each.section)
                for each in lesson.concepts
            ],
        )
    say()
    if lesson.due:
        say(f"Due:  {_count(lesson.due, 'quiz question')}: tutor quiz {lesson.number}")
    if lesson.next is not None and lesson.next.kind == "exercise":
        _say_next(lesson.next)
    elif not lesson.due:
        say(f"Nothing is open here. Questions of the lesson: tutor quiz {lesson.number}")


def _say_next(step: Step | None) -> None:
    if step is None:
        say("Next: every exercise is passed, and no quiz question is due.")
    elif step.kind == "quiz":
        say(f"Next: {step.title}: tutor quiz")
    else:
        from tutor.cli.exercise_text import at_blanks, width

        say(at_blanks(f"Next: {_named(step.id, step.title)}: tutor exercise start {step.id}", width()))


def _next_id(step: Step | None) -> str:
    if step is None:
        return "-"
    return "quiz" if step.kind == "quiz" else step.id


def _named(name: str, title: str) -> str:
    return name if not title or title == name else f"{name} ({title})"


def _bar(value: float) -> str:
    full = round(value * _BAR)
    return f"{'━' * full}{'·' * (_BAR - full)} {value:4.0%}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _public(lessons: list[LessonProgress], home: HomeSummary) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "lessons": [
            {
                "number": lesson.number,
                "title": lesson.title,
                "passed": lesson.passed,
                "total": lesson.total,
                "mastery": round(lesson.mastery, 4),
                "due": lesson.due,
                "next": None if lesson.next is None else asdict(lesson.next),
                "exercises": [
                    {
                        "id": each.id,
                        "title": each.title,
                        "state": each.record.state,
                        "attempts": each.record.attempts,
                        "hints": each.record.hints,
                        "solution_shown": each.record.solution_shown,
                        "checked_at": each.record.checked_at,
                        "passed_at": each.record.passed_at,
                    }
                    for each in lesson.exercises
                ],
                "concepts": [{**asdict(each), "mastery": round(each.mastery, 4)} for each in lesson.concepts],
            }
            for lesson in lessons
        ],
        **asdict(home),
    }


def _path(file: str) -> Path:
    try:
        return Path(file).expanduser()
    except RuntimeError as error:
        raise UsageError(f"There is no file {file!r}.", help="Give another one.") from error


def _read(path: Path) -> object:
    """The JSON in a file of a person's choosing, which may be anything."""
    from tutor.learner_store import EXPORT_HELP

    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for, a folder cannot be read
            raise UsageError(f"{path} is no file.", help=EXPORT_HELP)
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no file name"
        raise UsageError(f"{path} cannot be read: {reason}.", help=EXPORT_HELP) from error
    if len(content) > _MOST_BYTES:
        raise UsageError(f"{path} has more than {_MOST_BYTES // 1_000_000} MB.", help=EXPORT_HELP)
    try:
        return json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is not valid JSON.", help=EXPORT_HELP) from error


def _write(path: Path, text: str, *, overwrite: bool) -> None:
    """Write the file whole or not at all."""
    import tempfile

    if path.is_dir() or (not overwrite and (path.exists() or path.is_symlink())):
        help = "Choose another file." if path.is_dir() else "Choose another file, or add --overwrite."
        raise StorageError(f"{path} is there already.", help=help)
    part = None
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=".tutor-", delete=False
        ) as file:
            part = Path(file.name)
            file.write(text)
        part.replace(path)
    except (OSError, ValueError) as error:
        if part is not None:
            part.unlink(missing_ok=True)
        reason = getattr(error, "strerror", None) or "it is no file name"
        raise StorageError(f"{path} cannot be written: {reason}.", help="Choose another file.") from error


_BAR = 10
_MOST_CONCEPTS = 12
_MOST_BYTES = 40_000_000
