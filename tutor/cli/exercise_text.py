"""An exercise, its texts and a verdict as lines for a terminal, folded to its width."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tutor.cli.code import coloured
from tutor.cli.lab_text import took
from tutor.cli.output import has_colours, plain, styled

if TYPE_CHECKING:
    from tools.checker import CheckResult, Verdict
    from tools.exercises.catalog import Exercise
    from tutor.exercises.desk import Entry

PASSED, FAILED, WAITING = ("✓", 32), ("✗", 31), ("·", 2)


def width() -> int:
    """Columns to fold text to: the terminal's, at most what reads well; 0 in a pipe, where nothing is."""
    if sys.stdout is None or not sys.stdout.isatty():
        return 0
    return max(20, min(_WIDEST, shutil.get_terminal_size().columns))


def prose(markdown: str, columns: int) -> list[str]:
    """Markdown as lines: paragraphs folded, headings bold, code indented, formulas readable."""
    from tutor.formulas import readable

    lines: list[str] = []
    fence, code = "", [""]
    for line in plain(readable(markdown, citations=False, markdown=False)).splitlines():
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                lines += _block(code[1:], code[0], columns)
                fence = ""
            else:
                code.append(line)
        elif mark:
            fence, code = mark[1], [mark[2].strip()]
        else:
            lines += _paragraph(line, columns)
    return lines + (_block(code[1:], code[0], columns) if fence else [])


def folded(text: str, columns: int, indent: str = "") -> list[str]:
    """Plain text as lines that fit; whatever it holds is shown as it is."""
    lines = []
    for line in plain(text).expandtabs(4).splitlines():
        fits = not columns or len(line) + len(indent) <= columns
        hanging = line[: len(line) - len(line.lstrip())]
        room = max(10, columns - len(indent))
        pieces = (
            [line] if fits else textwrap.wrap(line, room, subsequent_indent=hanging[: room // 2], **_AS_IT_IS)
        )
        lines += [f"{indent}{piece}".rstrip() for piece in pieces or [""]]
    return lines


def at_blanks(text: str, columns: int) -> str:
    """A sentence folded only where there are blanks, so that a command or an address in it stays whole."""
    return textwrap.fill(text, columns, **_AS_WORDS) if columns and len(text) > columns else text


def check_lines(result: CheckResult, columns: int, told: set[str] | None = None) -> list[str]:
    """A check's name with its mark; under a failing one its message and the learner's own lines.

    A mistake or an error that is in `told` already, from another check, is not said again; a new one is
    put there.
    """
    mark, colour = PASSED if result.passed else WAITING if is_not_run(result) else FAILED
    lines = folded(result.name, columns, "  ")
    lines[:1] = [f"{styled(mark, colour)} {lines[0][2:]}" if lines else styled(mark, colour)]
    if result.passed or not result.message or is_not_run(result):
        return lines
    told = set() if told is None else told
    key = result.sentence or result.traceback or result.message
    if key in told:
        same = "the same mistake" if result.sentence else "the same error"
        return [*lines[:-1], f"{lines[-1]}  {styled(f'({same})', 2)}"]
    told.add(key)
    lines += folded(result.message.strip(), columns, "    ")
    if result.traceback:
        lines += [styled(each, 2) for each in folded(result.traceback.rstrip(), columns, "    ")]
    return lines


def is_not_run(result: CheckResult) -> bool:
    """Whether the check was left out, as one before it did not hold."""
    from tools.checker import NOT_RUN

    return not result.passed and result.message.startswith(NOT_RUN)


def printed_lines(verdict: Verdict, columns: int, most: int = 20) -> list[str]:
    """What the learner's code printed, up to `most` lines of it, and the judge's remarks."""
    lines = []
    if verdict.output.strip():
        shown = folded(verdict.output.rstrip(), columns, "    ")
        lines += ["", styled("Your code printed:", 2), *shown[:most]]
        if len(shown) > most:
            lines.append(styled(f"    ({len(shown) - most} more lines)", 2))
    for remark in verdict.remarks:
        lines += ["", *folded(f"Note: {remark}", columns)]
    return lines


def verdict_line(verdict: Verdict) -> str:
    """How a check ended, in one line."""
    held, every = sum(each.passed for each in verdict.checks), len(verdict.checks)
    if verdict.passed:
        counted = "the one check holds" if every == 1 else f"all {every} checks hold"
        return f"{styled('Passed', 1, 32)}: {counted} ({took(verdict.seconds)})."
    return f"{styled('Not passed yet', 1, 31)}: {held} of {every} checks hold ({took(verdict.seconds)})."


def budget_line(exercise: Exercise) -> str:
    """What a check that trains takes at most."""
    budget = exercise.budget
    most = f"{budget} seconds" if budget < 120 else f"{-(-budget // 60)} minutes"
    return f"This check trains: up to {most}. Ctrl+C stops it."


def facts(entry: Entry) -> str:
    """Lesson, the learner's time and how it stands, in a few words."""
    exercise = entry.exercise
    parts = [f"lesson {exercise.lesson}", f"about {exercise.minutes} min", entry.record.state]
    if exercise.trains:
        parts.insert(2, "its check trains")
    return ", ".join(parts)


def next_line(entry: Entry | None) -> str:
    """Where to go on after an exercise."""
    if entry is None:
        return "Every exercise is passed."
    name = entry.exercise.id
    return f"Next: {entry.exercise.title}. Start it: tutor exercise start {name}"


def code_lines(text: str) -> list[str]:
    """A solution as lines, in colours where they are shown."""
    return coloured(text).rstrip("\n").splitlines()


def _paragraph(line: str, columns: int) -> list[str]:
    if heading := _HEADING.match(line):
        return [styled(_unmarked(heading[1]), 1)]
    if not line.strip() or line.lstrip().startswith("|") or line.startswith("    "):
        return [line.rstrip()]
    start = _ITEM.match(line)
    indent = " " * len(start[0]) if start else ""
    text = line.rstrip()
    if columns and len(text) > columns:
        text = textwrap.fill(text, columns, subsequent_indent=indent, **_AS_WORDS)
    return _unmarked(text).split("\n")


def _unmarked(text: str) -> str:
    """Inline marks as colours; without colours only code keeps its marks."""
    if not has_colours(sys.stdout):
        return _ITALIC.sub(r"\1", _BOLD.sub(r"\2", text))
    parts = re.split(r"(`[^`]+`)", text)
    return "".join(
        "\n".join(f"\x1b[36m{piece}\x1b[39m" for piece in part[1:-1].split("\n"))
        if part.startswith("`") and part.endswith("`") and len(part) > 2
        else _ITALIC.sub("\x1b[3m\\1\x1b[23m", _BOLD.sub("\x1b[1m\\2\x1b[22m", part))
        for part in parts
    )


def _block(code: Sequence[str], language: str, columns: int) -> list[str]:
    """Code as it is, in colours where they are shown; what is no code is folded."""
    text = "\n".join(code)
    if language == "text":
        return folded(text, columns, "    ")
    shown = coloured(text).rstrip("\n") if language in ("python", "py") else text
    return [f"    {line}".rstrip() for line in shown.split("\n")]


_WIDEST = 100
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)$")
_HEADING = re.compile(r"#{1,6}\s+(.*?)\s*#*$")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+")
_BOLD = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", re.S)
_ITALIC = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]+?)(?<=\S)\*(?![\w*])")
_AS_IT_IS: dict[str, Any] = {"replace_whitespace": False}
_AS_WORDS: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
