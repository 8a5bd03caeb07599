"""What `tutor exercise watch` shows, as lines: the title, the checks, the first failure, a page, the keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.cli.exercise_text import (
    WAITING,
    check_lines,
    folded,
    is_not_run,
    printed_lines,
    verdict_line,
)
from tutor.cli.output import styled

if TYPE_CHECKING:
    from tools.checker import CheckEvent, CheckResult, Verdict
    from tutor.exercises.desk import Entry

Page = Callable[[int], list[str]]


@dataclass
class Shown:
    """Everything on the screen; `page` makes the lines of a hint, the task, the explanation or a solution.

    `page_is_new` where it was asked for after the last check: what is newest stands lowest, where it is
    seen also when not everything fits.
    """

    entry: Entry
    path: Path
    counted: str = ""
    results: list[CheckResult] = field(default_factory=list)
    doing: CheckEvent | None = None
    verdict: Verdict | None = None
    problem: str = ""
    running: bool = False
    page: Page | None = None
    page_is_new: bool = False
    notice: str = ""
    question: str = ""


def screen(shown: Shown, columns: int, rows: int) -> list[str]:
    """The screen's lines, the keys last; passed checks share a line where there is little room."""
    head, foot = _head(shown, columns), _foot(shown, columns)
    page = [*shown.page(columns), ""] if shown.page is not None else []
    outcome = _outcome(shown, columns)
    checks = _checks(shown, columns, brief=False)
    if sum(map(len, (head, page, checks, outcome, foot))) >= rows:
        checks = _checks(shown, columns, brief=True)
    middle = [*checks, *outcome]
    if not middle:
        return [*head, *page[:-1], *foot]
    if shown.page_is_new:
        return [*head, *middle, "", *page[:-1], *foot]
    return [*head, *page, *middle, *foot]


def _head(shown: Shown, columns: int) -> list[str]:
    exercise = shown.entry.exercise
    title = folded(f"{exercise.title}", columns)
    facts = f"{exercise.id}, lesson {exercise.lesson}, {shown.entry.record.state}; {shown.counted}"
    return [
        *(styled(each, 1) for each in title),
        *(styled(each, 2) for each in folded(facts, columns)),
        *(styled(each, 2) for each in folded(str(shown.path), columns)),
        "",
    ]


def _checks(shown: Shown, columns: int, *, brief: bool) -> list[str]:
    """Each check that has ended; the first failure with its message."""
    lines = []
    held = sum(each.passed for each in shown.results)
    if brief and shown.verdict is not None and shown.verdict.passed:
        return []
    if brief and held:
        lines += check_lines(_many(shown.results[0], held), columns) if held > 1 else []
    told = False
    for each in shown.results:
        if each.passed and brief and held > 1:
            continue
        whole = each.passed or is_not_run(each) or not told
        lines += check_lines(each, columns) if whole else check_lines(each, columns)[:1]
        told = told or not (each.passed or is_not_run(each))
    if shown.running and shown.doing is not None:
        said = f"{shown.doing.name}: {shown.doing.text}" if shown.doing.text else shown.doing.name
        lines += [styled(each, WAITING[1]) for each in folded(f"… {said}", columns)]
    return lines


def _many(one: CheckResult, count: int) -> CheckResult:
    from dataclasses import replace

    return replace(one, name=f"{count} checks hold", passed=True)


def _outcome(shown: Shown, columns: int) -> list[str]:
    if shown.running:
        return ["", styled("Checking ...", 2)]
    if shown.problem:
        return ["", *folded(shown.problem, columns)]
    if shown.verdict is None:
        return []
    return [*printed_lines(shown.verdict, columns, _MOST_PRINTED), "", verdict_line(shown.verdict)]


def _foot(shown: Shown, columns: int) -> list[str]:
    lines = [""]
    if shown.question:
        return [*lines, *(styled(each, 1) for each in folded(f"{shown.question} y/n", columns))]
    if shown.notice:
        lines += [*(styled(each, 33) for each in folded(shown.notice, columns)), ""]
    record = shown.entry.record
    hints = f"h hint {min(record.hints + 1, 3)} of 3" if record.hints < 3 else "h hints"
    keys = [hints, "t task", "n next", "r reset", "s solution", "q quit"]
    return [*lines, *(styled(each, 2) for each in _joined(keys, columns))]


def _joined(words: Sequence[str], columns: int) -> list[str]:
    """Words on as few lines as they fit on, none broken."""
    lines = [words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]}   {word}"
        if len(longer) <= columns:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


_MOST_PRINTED = 6
