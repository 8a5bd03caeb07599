"""`tutor eval answers`: the agent over a question file, right, wrong or declined."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutor.cli.bounds import bound_options, outside, read_bounds
from tutor.cli.opening import collections_of, make_ready, open_library_to_read, settings_in_force
from tutor.cli.output import say, say_json, tell
from tutor.errors import UsageError

if TYPE_CHECKING:
    from tutor.answer_evaluation import Judged


@click.command()
@click.argument("file")
@click.option(
    "--collection", multiple=True, metavar="NAME", help="Answer from this collection only; may repeat."
)
@click.option(
    "--save", metavar="PATH", help="Write every answer and its verdict to this JSONL file, to read."
)
@bound_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def answers(
    file: str,
    collection: tuple[str, ...],
    save: str | None,
    at_least: tuple[str, ...],
    at_most: tuple[str, ...],
    as_json: bool,
) -> int:
    """Ask the tutor each question of FILE, by itself, and compare with what a right answer says.

    FILE holds one JSON object a line: {"question", "answerable", "right": [PATTERN, ...], "wrong":
    [PATTERN, ...], "lesson": N}. A right answer matches every pattern of "right" and none of "wrong"; where
    "answerable" is false, declining is right. A bound is given as in: --at-least right=0.9
    """
    from tutor.answer_evaluation import evaluate_answers, read_answer_questions
    from tutor.asking import asking
    from tutor.cli.progress import ProgressLine

    questions = read_answer_questions(Path(file))
    floors, ceilings = read_bounds(at_least), read_bounds(at_most)
    target = None if save is None else _target(save)
    settings = settings_in_force()
    with open_library_to_read(settings) as library, ProgressLine() as line:
        from knowledge.library import Progress

        make_ready(library)
        with asking(settings, library, collections_of(settings, collection)) as ask:
            figures, judged = evaluate_answers(
                ask, questions, lambda done, total: line.show(Progress("Asking", done, total))
            )
    if as_json:
        say_json(figures)
    else:
        _print(figures)
    if target is not None:
        _save(target, judged)
    sentences = outside(figures, floors, ceilings)
    for sentence in sentences:
        tell(sentence)
    return 1 if sentences else 0


def _target(save: str) -> Path:
    """Where the answers go; UsageError where another file than an earlier save would be lost."""
    path = Path(os.path.expanduser(save))
    if not path.parent.is_dir():
        raise UsageError(f"There is no folder {path.parent}.", help="Give another path after --save.")
    if path.exists():
        try:
            first = path.read_text(encoding="utf-8").split("\n")[0]
            is_save = "verdict" in json.loads(first)
        except (OSError, ValueError, TypeError):
            is_save = False
        if not is_save:
            raise UsageError(f"{path} exists and is no earlier save.", help="Give another path after --save.")
    return path


def _save(path: Path, judged: list[Judged]) -> None:
    lines = "".join(json.dumps(each.public(), ensure_ascii=False) + "\n" for each in judged)
    try:
        path.write_text(lines, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}.", help="Give another path after --save."
        ) from error


def _print(figures: dict[str, Any]) -> None:
    from tutor.cli.table import say_table

    say(f"{figures['questions']} questions, answered by {figures['model']}\n")
    verdicts = ("right", "wrong", "abstained")
    rows = [("all", *(f"{figures[verdict]:.1%}" for verdict in verdicts))]
    rows += [
        (f"lesson {name}" if name != "0" else "no lesson", *(str(counts[verdict]) for verdict in verdicts))
        for name, counts in figures["by_lesson"].items()
    ]
    say_table(("", *verdicts), rows)
    if figures["not_right"]:
        say("\nNot right")
    for each in figures["not_right"]:
        missing = f" (no match: {', '.join(each['missing'])})" if each["missing"] else ""
        say(f"- {each['verdict']}: {each['question']}{missing}")
