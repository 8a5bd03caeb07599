"""Texts of exercises as lines: readable without a Markdown viewer, folded, and never markup from a learner."""

from __future__ import annotations

import pytest

from tools.checker import NOT_RUN, CheckResult
from tutor.cli.exercise_text import at_blanks, check_lines, folded, prose

TASK = """# Scores

Write **one** function, `score(text)`, as in *the lesson*; it must be quick and it must be right.

- a first point that is long enough to go on in another line
- a second

```python
def score(text):
    return 0  # $5 and $6
```
"""


def test_markdown_becomes_plain_lines_that_fit() -> None:
    lines = prose(TASK, 40)
    assert lines[0] == "Scores"
    assert lines[2:5] == [
        "Write one function, `score(text)`,",
        "as in the lesson; it must be quick and",
        "it must be right.",
    ]
    assert all(len(line) <= 40 for line in lines)
    assert "  go on in another line" in lines
    assert lines[-2:] == ["    def score(text):", "        return 0  # $5 and $6"]


def test_in_a_pipe_nothing_is_folded() -> None:
    assert "- a first point that is long enough to go on in another line" in prose(TASK, 0)


def test_what_is_no_code_is_folded_in_a_block_and_left_as_it_is() -> None:
    lines = prose("````text\n# **not** a heading\n```\n" + "word " * 20 + "\n````", 40)
    assert lines[:2] == ["    # **not** a heading", "    ```"]
    assert all(len(line) <= 40 for line in lines)


def test_plain_text_keeps_its_indent_where_it_is_folded() -> None:
    assert folded("  one two three", 10) == ["  one two", "  three"]
    assert folded("\x1b[31mred\x1b[0m\ttab", 0) == ["red tab"]


def test_a_command_in_a_sentence_is_never_torn_in_two() -> None:
    said = "Next: Texts as rows of word counts. Start it: tutor exercise start bag-of-words"
    assert at_blanks(said, 70).splitlines()[-1] == "bag-of-words"
    assert at_blanks(said, 0) == said


def test_the_same_mistake_is_told_once() -> None:
    told: set[str] = set()
    first = CheckResult("small", False, "It is off.\ncall: f(1)", mistake="off", sentence="It is off.")
    again = CheckResult("large", False, "It is off.\ncall: f(9)", mistake="off", sentence="It is off.")
    other = CheckResult("none", False, "call: f()")
    assert check_lines(first, 0, told) == ["✗ small", "    It is off.", "    call: f(1)"]
    assert check_lines(again, 0, told) == ["✗ large  (the same mistake)"]
    assert check_lines(other, 0, told) == ["✗ none", "    call: f()"]


@pytest.mark.parametrize(
    ("result", "line"),
    [(CheckResult("a", True), "✓ a"), (CheckResult("a", False, NOT_RUN), "· a")],
    ids=["held", "not run"],
)
def test_a_check_without_a_failure_of_its_own_is_one_line(result: CheckResult, line: str) -> None:
    assert check_lines(result, 0) == [line]
