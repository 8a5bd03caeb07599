"""`tutor eval`: how good the search is, and the answers, over a question file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tutor.cli.bounds import bound_options, outside, read_bounds
from tutor.cli.evaluate_answers import answers
from tutor.cli.opening import collections_of, make_ready, open_library_to_read, settings_in_force
from tutor.cli.output import say, say_json, tell


@click.group("eval")
def evaluate() -> int:
    """Measure how good the search and the answers are."""
    return 0


evaluate.add_command(answers)


@evaluate.command()
@click.argument("file")
@click.option("--collection", multiple=True, metavar="NAME", help="Search this collection only; may repeat.")
@click.option(
    "--baseline/--no-baseline", default=True, show_default=True, help="Compare with a plain recipe."
)
@bound_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def retrieval(
    file: str,
    collection: tuple[str, ...],
    baseline: bool,
    at_least: tuple[str, ...],
    at_most: tuple[str, ...],
    as_json: bool,
) -> int:
    """Search for each question of FILE and compare with the gold beside it.

    FILE holds one JSON object a line: {"question", "answerable", "gold": [{"document", "section"}]}.
    A bound is given as in: --at-least recall@5=0.95 --at-most latency_p95_ms=30
    """
    from knowledge.evaluation import evaluate_retrieval, read_questions
    from knowledge.library import Progress
    from tutor.cli.progress import ProgressLine

    questions = read_questions(Path(file))
    floors, ceilings = read_bounds(at_least), read_bounds(at_most)
    settings = settings_in_force()
    with open_library_to_read(settings) as library, ProgressLine() as line:
        make_ready(library)
        figures = evaluate_retrieval(
            library,
            questions,
            collections_of(settings, collection),
            baseline,
            lambda done, total: line.show(Progress("Searching", done, total)),
        )
    sentences = outside(figures["tutor"], floors, ceilings)
    if as_json:
        say_json(figures)
    else:
        _print(figures)
    for sentence in sentences:
        tell(sentence)
    return 1 if sentences else 0


def _print(figures: dict[str, Any]) -> None:
    from tutor.cli.table import say_table

    say(f"{figures['questions']} questions, {figures['answerable']} answerable; {figures['encoder']}\n")
    systems = [name for name in ("tutor", "plain") if name in figures]
    say_table(
        ("Figure", *(_SYSTEMS[name] for name in systems)),
        [(row, *(_shown(figures[name][row]) for name in systems)) for row in figures["tutor"]],
    )
    lessons = {f"lesson {number}": part for number, part in figures["by_lesson"].items()}
    groups = {**figures["by_kind"], **figures["by_language"], **lessons}
    if groups:
        say()
        say_table(
            ("Only", *_GROUP_FIGURES),
            [(name, *(_shown(group[each]) for each in _GROUP_FIGURES)) for name, group in groups.items()],
        )
    for key, title in _MISTAKES.items():
        if figures[key]:
            say(f"\n{title}")
            for question in figures[key]:
                say(f"- {question}")


def _shown(value: object) -> str:
    return "-" if value is None else str(value)


_SYSTEMS = {"tutor": "Tutor", "plain": "Plain recipe"}
_GROUP_FIGURES = ("count", "recall@1", "recall@3", "recall@5", "mrr@10", "abstained_on_unanswerable")
_MISTAKES = {
    "misses": "Answered by none of the first five",
    "wrongly_answered": "Nothing answers, but Tutor did not decline",
    "wrongly_declined": "Answerable, but Tutor declined",
}
