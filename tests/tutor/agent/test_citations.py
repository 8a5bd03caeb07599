"""An answer can only cite what was shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.agent.citations import CitationFilter, strip_citations

KNOWN = {1, 2, 3, 4, 5}

CASES = [
    ("Right [1].", "Right [1].", [1]),
    ("Wrong [9].", "Wrong.", []),
    ("Both [1, 9] and [1,2].", "Both [1] and [1][2].", [1, 2]),
    ("Next to each other [1][9][2].", "Next to each other [1][2].", [1, 2]),
    ("A range [2-4].", "A range [2][3][4].", [2, 3, 4]),
    ("A long range [4–12].", "A long range [4][5].", [4, 5]),
    ("全角［１］と［９］。", "全角[1]と。", [1]),
    ("角括弧【2】と【7†source】。", "角括弧[2]と。", [2]),
    ("A footnote [^3].", "A footnote [3].", [3]),
    ("A link [1](https://evil.example/x).", "A link [1].", [1]),
    ("A link [9](https://evil.example/x) gone.", "A link gone.", []),
    ("Code `a[7]` stays, [7] goes.", "Code `a[7]` stays, goes.", []),
    ("```python\nx[9] = y[8]\n```\nDone [2].", "```python\nx[9] = y[8]\n```\nDone [2].", [2]),
    ("- item:\n  ```\n  x[9]\n\n  y[8]\n  ```\n", "- item:\n  ```\n  x[9]\n\n  y[8]\n  ```\n", []),
    ("A lone ` tick\n\nthen [9] goes.", "A lone ` tick\n\nthen goes.", []),
    ("The interval [0, 1] and a[0] stay.", "The interval [0, 1] and a[0] stay.", []),
    ("[note] and [link](x) stay.", "[note] and [link](x) stay.", []),
    ("Twice [1] and again [1].", "Twice [1] and again [1].", [1]),
    ("Unfinished [1", "Unfinished [1", []),
]


@pytest.mark.parametrize(("text", "shown", "used"), CASES)
def test_only_known_numbers_are_left(text: str, shown: str, used: list[int]) -> None:
    stream = CitationFilter(KNOWN)
    assert stream.feed(text) + stream.finish() == shown
    assert stream.used == used


@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize(("text", "shown", "used"), CASES)
def test_a_citation_cut_by_the_stream_is_read_the_same(
    text: str, shown: str, used: list[int], size: int
) -> None:
    stream = CitationFilter(KNOWN)
    pieces = [stream.feed(text[at : at + size]) for at in range(0, len(text), size)]
    assert "".join(pieces) + stream.finish() == shown
    assert stream.used == used


@given(st.text(alphabet="ab [1]9,［］-`\n(~.", max_size=60), st.integers(1, 7))
def test_how_the_stream_is_cut_never_changes_the_answer(text: str, size: int) -> None:
    whole, cut = CitationFilter(KNOWN), CitationFilter(KNOWN)
    at_once = whole.feed(text) + whole.finish()
    in_pieces = "".join(cut.feed(text[at : at + size]) for at in range(0, len(text), size)) + cut.finish()
    assert in_pieces == at_once
    assert cut.used == whole.used
    assert set(whole.used) <= KNOWN


def test_an_earlier_answer_is_shown_to_a_model_without_its_numbers() -> None:
    assert strip_citations("Overfitting is bad [1][2]. See `x[1]`.") == "Overfitting is bad. See `x[1]`."
