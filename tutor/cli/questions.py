"""Questions as they come in: from the command line, or one a line on stdin."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from tutor.cli.output import say_json
from tutor.errors import UsageError

LONGEST = 8_000  # characters, as many as the library searches for; a traceback fits, a book does not


def one_question(words: tuple[str, ...]) -> str:
    """The question given as arguments; UsageError where there is none or it cannot be used."""
    if not words:
        raise UsageError("No question was given.", help='Give it in quotes: tutor ask "QUESTION"')
    return checked(" ".join(words))


def checked(question: str) -> str:
    """The question without surrounding space and control characters; UsageError where it cannot be used."""
    try:
        question.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UsageError("The question is not valid UTF-8 text.", help=_UTF8_HELP) from error
    text = "".join(each if each >= " " or each in "\n\t" else " " for each in question).strip()
    if not text:
        raise UsageError("The question is empty.", help="Ask something in a few words.")
    if len(text) > LONGEST:
        raise UsageError(
            f"The question has {len(text):,} characters; the most is {LONGEST:,}.",
            help="Ask in fewer words, or add long material with: tutor ingest FILE",
        )
    return text


def answer_lines(answer: Callable[[str], dict[str, Any]]) -> int:
    """Answer each line of stdin with one JSON object a line, in order.

    A line that fails has an error object in its place and the rest go on; returns the highest
    exit code among the lines.
    """
    from tutor.failures import INTERRUPTED, describe

    worst = 0
    for line in _lines():
        try:
            result = answer(checked(_question_in(line)))
        except (Exception, KeyboardInterrupt) as error:
            if isinstance(error, BrokenPipeError):
                raise
            failure = describe(error)
            if failure.exit_code == INTERRUPTED:
                raise
            result = failure.public()
            worst = max(worst, failure.exit_code)
        say_json(result)
    return worst


def _lines() -> Iterator[bytes]:
    """Lines of stdin as they come; of an overlong one only as much as shows that it is too long."""
    if sys.stdin is None:
        return
    source = sys.stdin.buffer
    first = True
    while line := source.readline(_MOST_BYTES):
        rest = line
        while len(rest) == _MOST_BYTES and not rest.endswith(b"\n"):
            rest = source.readline(_MOST_BYTES)
        yield line.removeprefix(b"\xef\xbb\xbf") if first else line
        first = False


def _question_in(line: bytes) -> str:
    try:
        text = line.decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise UsageError("The line is not valid UTF-8 text.", help=_UTF8_HELP) from error
    if not text.startswith("{") or len(line) == _MOST_BYTES:
        return text
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError("The line is not a valid JSON object.", help=_LINE_HELP) from error
    for key in ("question", "query"):
        if isinstance(data.get(key), str):
            return str(data[key])
    raise UsageError('The line has no "question" or "query" that is text.', help=_LINE_HELP)


_MOST_BYTES = 1_000_000
_UTF8_HELP = "Save or send the text as UTF-8."
_LINE_HELP = 'Give a question as plain text, or as {"question": "..."}, one a line.'
