"""`tutor eval answers`: the real Guide over a question file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Tutor = Callable[..., Any]
ROWS: list[dict[str, Any]] = [
    {"question": "Why does a zeppelin float?", "lesson": 1, "right": ["hydrogen", r"gas\s+cells"]},
    {"question": "What makes a zeppelin float?", "lesson": 2, "right": ["hot air"]},
    {"question": "Why do zeppelins float?", "lesson": 2, "right": ["hydrogen"], "wrong": ["GAS cells"]},
    {"question": "How long must sourdough bread rest before baking?", "answerable": False},
    {"question": "How many eggs are there in a sponge cake?", "right": ["four"]},
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    return path


def test_answers_are_counted_right_wrong_and_abstained_by_lesson(taught: Tutor, file: Path) -> None:
    ran = taught("eval", "answers", str(file), "--collection", "airships", "--json")
    assert ran.code == 0
    assert (ran.json["right"], ran.json["wrong"], ran.json["abstained"]) == (0.4, 0.4, 0.2)
    assert ran.json["by_lesson"] == {
        "0": {"right": 1, "wrong": 0, "abstained": 1},
        "1": {"right": 1, "wrong": 0, "abstained": 0},
        "2": {"right": 0, "wrong": 2, "abstained": 0},
    }
    assert [(each["verdict"], each["missing"]) for each in ran.json["not_right"]] == [
        ("wrong", ["hot air"]),
        ("wrong", ["not GAS cells"]),
        ("abstained", []),
    ]
    assert ran.json["model"] == "guide"


def test_the_answers_can_be_saved_and_read(taught: Tutor, file: Path, tmp_path: Path) -> None:
    saved = tmp_path / "answers.jsonl"
    ran = taught("eval", "answers", str(file), "--collection", "airships", "--save", str(saved))
    assert "- wrong: What makes a zeppelin float? (no match: hot air)" in ran.out
    rows = [json.loads(line) for line in saved.read_text(encoding="utf-8").splitlines()]
    assert [row["verdict"] for row in rows] == ["right", "wrong", "wrong", "right", "abstained"]
    assert "hydrogen" in rows[0]["answer"]
    assert rows[0]["sources"][0].endswith("Zeppelins > Lift")


def test_a_bound_that_is_missed_exits_with_one(taught: Tutor, file: Path) -> None:
    ran = taught("eval", "answers", str(file), "--collection", "airships", "--at-least", "right=0.9")
    assert ran.code == 1
    assert ran.err.splitlines()[-1] == "right is 0.4, below 0.9."
    ran = taught("eval", "answers", str(file), "--collection", "airships", "--at-most", "speed=1")
    assert ran.code == 2
    assert "There is no figure 'speed'." in ran.err


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[]", "it is not a JSON object"),
        ('{"question": " "}', "`question` is missing or empty"),
        ('{"question": "a?", "answerable": true}', "an answerable question needs `right`"),
        ('{"question": "a?", "right": ["("]}', "missing ), unterminated subpattern"),
        ('{"question": "a?", "right": [""]}', "`right` must be a list of patterns"),
        ('{"question": "a?", "right": ["a{99999999999}"]}', "Line 1"),
        ('{"question": "\\ud800", "right": ["a"]}', "Line 1"),
        pytest.param("[" * 200_000, "Line 1", id="nested"),
        ('{"question": "a?", "right": "b"}', "`right` must be a list of patterns"),
        ("", "holds no questions"),
    ],
)
def test_a_wrong_question_file_is_named_with_its_line(
    taught: Tutor, tmp_path: Path, line: str, words: str
) -> None:
    file = tmp_path / "wrong.jsonl"
    file.write_text(line + "\n", encoding="utf-8")
    ran = taught("eval", "answers", str(file))
    assert ran.code == 2
    assert words in ran.err


def test_a_save_never_replaces_another_file(taught: Tutor, file: Path, tmp_path: Path) -> None:
    before = file.read_text(encoding="utf-8")
    ran = taught("eval", "answers", str(file), "--save", str(file))
    assert (ran.code, ran.out) == (2, "")
    assert "is no earlier save" in ran.err
    assert file.read_text(encoding="utf-8") == before
    ran = taught("eval", "answers", str(file), "--save", str(tmp_path / "none" / "a.jsonl"))
    assert "There is no folder" in ran.err
