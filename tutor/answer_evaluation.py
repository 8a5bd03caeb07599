"""Measuring answers on a file of questions: right, wrong or declined, by lesson.

A question file holds one JSON object a line: `question`, `answerable`, and for answerable ones `right`,
regular expressions that a right answer must all match (ignoring case, over the answer's words with its
formulas readable); `wrong`, expressions that no right answer matches, and `lesson` are optional.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tutor.agent.events import Answer
from tutor.errors import UsageError
from tutor.formulas import readable

Verdict = Literal["right", "wrong", "abstained"]


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """One question and what a right answer to it says; `lesson` 0 where none is given."""

    question: str
    answerable: bool
    right: tuple[re.Pattern[str], ...]
    wrong: tuple[re.Pattern[str], ...]
    lesson: int


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer and its verdict; `missing` are the patterns that it should have matched, or should not."""

    question: AnswerQuestion
    answer: Answer
    verdict: Verdict
    missing: tuple[str, ...]

    def public(self) -> dict[str, Any]:
        """What is written for reading the answers over."""
        return {
            "question": self.question.question,
            "lesson": self.question.lesson,
            "answerable": self.question.answerable,
            "verdict": self.verdict,
            "missing": list(self.missing),
            "answer": self.answer.answer,
            "sources": [f"{source.title} > {source.section}" for source in self.answer.sources],
        }


def read_answer_questions(path: Path) -> list[AnswerQuestion]:
    """The questions of a JSONL file. Raises UsageError naming the line that is wrong."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text.", help="Give a JSONL file of questions.") from error
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}.", help="Give a JSONL file of questions."
        ) from error
    questions = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            questions.append(_question(json.loads(line)))
        except (ValueError, TypeError, re.error, RecursionError, OverflowError) as error:
            raise UsageError(
                f"Line {number} of {path} is not a question: {error}.",
                help='Each line is like {"question": "...", "answerable": true, "right": ["pattern"]}.',
            ) from error
    if not questions:
        raise UsageError(f"{path} holds no questions.", help="Give a JSONL file with one question a line.")
    return questions


def judge(question: AnswerQuestion, answer: Answer) -> Judged:
    """Compare one answer with what was asked for.

    An answerable question is right where it is answered and every `right` pattern, and no `wrong` one,
    matches; one that nothing answers is right where the tutor declines, and wrong otherwise.
    """
    if not question.answerable:
        return Judged(question, answer, "wrong" if answer.answered else "right", ())
    if not answer.answered:
        return Judged(question, answer, "abstained", ())
    text = f"{answer.answer}\n{readable(answer.answer, citations=False, markdown=False)}"
    failed = tuple(p.pattern for p in question.right if not p.search(text)) + tuple(
        f"not {p.pattern}" for p in question.wrong if p.search(text)
    )
    return Judged(question, answer, "wrong" if failed else "right", failed)


def evaluate_answers(
    ask: Callable[[str], Answer],
    questions: Sequence[AnswerQuestion],
    progress: Callable[[int, int], None] | None = None,
) -> tuple[dict[str, Any], list[Judged]]:
    """Ask every question by itself; returns the figures and each answer with its verdict.

    The figures are shares of all questions, 0 to 1: right, wrong, abstained (answerable, but declined);
    `by_lesson` has the same as counts.
    """
    judged = []
    for number, question in enumerate(questions, 1):
        judged.append(judge(question, ask(question.question)))
        if progress:
            progress(number, len(questions))
    lessons = sorted({each.question.lesson for each in judged})
    figures = {
        "questions": len(judged),
        "model": judged[0].answer.model if judged else "",
        **{verdict: round(count / len(judged), 4) for verdict, count in _counts(judged).items()},
        "by_lesson": {
            str(lesson): _counts([each for each in judged if each.question.lesson == lesson])
            for lesson in lessons
        },
        "not_right": [
            {"question": each.question.question, "verdict": each.verdict, "missing": list(each.missing)}
            for each in judged
            if each.verdict != "right"
        ],
    }
    return figures, judged


def _counts(judged: Sequence[Judged]) -> dict[str, int]:
    counted = Counter(each.verdict for each in judged)
    return {"right": counted["right"], "wrong": counted["wrong"], "abstained": counted["abstained"]}


def _question(row: Any) -> AnswerQuestion:
    if not isinstance(row, dict):
        raise ValueError("it is not a JSON object")
    question, lesson = row.get("question"), row.get("lesson", 0)
    if not isinstance(question, str) or not question.strip():
        raise ValueError("`question` is missing or empty")
    question.encode("utf-8")  # a lone surrogate is no text
    if isinstance(lesson, bool) or not isinstance(lesson, int):
        raise ValueError("`lesson` must be a whole number")
    right, wrong = row.get("right", []), row.get("wrong", [])
    for key, patterns in (("right", right), ("wrong", wrong)):
        if not isinstance(patterns, list) or not all(isinstance(each, str) and each for each in patterns):
            raise ValueError(f"`{key}` must be a list of patterns")
    answerable = row.get("answerable", bool(right))
    if not isinstance(answerable, bool):
        raise ValueError("`answerable` must be true or false")
    if answerable and not right:
        raise ValueError("an answerable question needs `right`")
    return AnswerQuestion(
        question,
        answerable,
        tuple(re.compile(each, re.IGNORECASE | re.DOTALL) for each in right),
        tuple(re.compile(each, re.IGNORECASE | re.DOTALL) for each in wrong),
        lesson,
    )
