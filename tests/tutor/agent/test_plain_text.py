"""Text from outside cannot drive the terminal."""

from __future__ import annotations

import pytest

from tutor.agent.plain_text import ControlFilter, strip_controls

HOSTILE = [
    ("a\x1b[31mred\x1b[0m b", "ared b"),
    ("title\x1b]0;owned\x07 end", "title end"),
    ("link\x1b]8;;http://evil\x1b\\text\x1b]8;;\x1b\\", "linktext"),
    ("\x9b2Jcleared", "cleared"),
    ("a\x08\x08b\x00c\x7f", "abc"),
    ("left\u202eright", "leftright"),
    ("one\r\ntwo\rthree", "one\ntwo\nthree"),
    ("ends with one \x1b", "ends with one "),
    ("日本語\tと改行\n", "日本語\tと改行\n"),
]


@pytest.mark.parametrize(("text", "clean"), HOSTILE)
def test_control_sequences_are_taken_out(text: str, clean: str) -> None:
    assert strip_controls(text) == clean


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize(("text", "clean"), HOSTILE)
def test_a_sequence_cut_anywhere_by_the_stream_is_still_taken_out(text: str, clean: str, size: int) -> None:
    stream = ControlFilter()
    shown = "".join(stream.feed(text[at : at + size]) for at in range(0, len(text), size)) + stream.finish()
    assert shown == clean


def test_a_sequence_that_never_ends_does_not_hold_the_answer_back_for_ever() -> None:
    stream = ControlFilter()
    shown = stream.feed("\x1b]0;") + "".join(stream.feed("word " * 100) for _ in range(20))
    assert "word" in shown
    assert "\x1b" not in shown
