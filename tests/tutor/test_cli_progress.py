"""`tutor progress`: what was done, what is known and what comes next; taken along and brought back."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tools.exercises.catalog import exercises
from tutor.learner_desk import LearnerDesk
from tutor.learner_store import LearnerStore
from tutor.settings import Settings
from tutor.store import Store

Tutor = Callable[..., Any]


def attempt(home: Path, exercise: str, passed: bool) -> None:
    store = Store(home / "tutor.db")
    verdict = {"exercise": exercise, "passed": passed, "checks": [], "seconds": 0.1}
    LearnerStore(store).attempt(exercise, passed=passed, seconds=0.1, mistakes=[], verdict=verdict)
    store.close()


def test_a_new_learner_is_told_where_to_begin(tutor: Tutor) -> None:
    ran = tutor("progress")
    first = exercises()[0]
    assert ran.code == 0, ran.err
    assert f"tutor exercise start {first.id}" in ran.out
    shown = tutor("progress", "--json").json
    assert (shown["passed"], shown["total"], shown["due"]) == (0, len(exercises()), 0)
    assert shown["last"] is None
    assert shown["next"]["id"] == first.id
    assert [each["number"] for each in shown["lessons"]] == list(range(1, 15))


def test_a_passed_exercise_shows_in_its_lesson_and_its_concepts(tutor: Tutor, home: Path) -> None:
    attempt(home, "softmax", True)
    shown = tutor("progress", "--json").json
    lesson = shown["lessons"][1]
    assert (shown["passed"], lesson["passed"], lesson["due"]) == (1, 1, 10)
    assert {each["concept"]: each["mastery"] for each in lesson["concepts"]}["softmax"] == 0.5
    assert shown["last"]["kind"] == "exercise"
    assert (shown["last"]["name"], shown["due"]) == ("softmax", 10)
    text = tutor("progress").out
    assert "━━━━━·····  50%" in text
    assert "10 quiz questions: tutor quiz" in text


def test_one_lesson_is_shown_in_detail(tutor: Tutor, home: Path) -> None:
    attempt(home, "softmax", False)
    text = tutor("progress", "--lesson", "2").out
    assert "softmax" in text
    assert "failing" in text
    assert "confusion matrix" in text
    (lesson,) = tutor("progress", "--lesson", "2", "--json").json["lessons"]
    found = {each["id"]: each for each in lesson["exercises"]}["softmax"]
    assert (found["state"], found["attempts"]) == ("failing", 1)
    assert lesson["next"]["id"] == "softmax"
    unknown = tutor("progress", "--lesson", "99")
    assert (unknown.code, unknown.out) == (2, "")
    assert "no lesson 99" in unknown.err


def test_the_home_summary_names_what_was_done_last(home: Path) -> None:
    store = Store(home / "tutor.db")
    desk = LearnerDesk(Settings(home=home), store)
    LearnerStore(store).started("softmax", str(home / "softmax.py"))
    assert (desk.home().last.kind, desk.home().last.name) == ("exercise", "softmax")
    assert desk.home().next.id == "softmax"
    desk.section_read("linear.softmax")
    assert (desk.home().last.kind, desk.home().last.title) == (
        "section",
        "Softmax: from scores to probabilities",
    )
    store.session("only-opened")
    assert desk.home().last.kind == "section"
    store.start_turn("asked", "What is softmax?")
    assert (desk.home().last.kind, desk.home().last.title) == ("session", "What is softmax?")
    store.close()


def test_progress_moves_to_another_machine(
    tutor: Tutor, run_tutor: Tutor, home: Path, tmp_path: Path
) -> None:
    attempt(home, "softmax", True)
    tutor("quiz", "2", "--limit", "2", stdin="\n3\n\n3\n")
    file = tmp_path / "progress.json"
    assert tutor("progress", "export", str(file)).code == 0
    assert json.loads(file.read_text()) == tutor("progress", "export").json
    other = tmp_path / "other"
    ran = run_tutor(other, "progress", "import", str(file))
    assert "New here: 1 exercise, 1 check and 2 quiz answers." in ran.out
    before, after = tutor("progress", "--json").json, run_tutor(other, "progress", "--json").json
    assert after["lessons"][1]["exercises"] == before["lessons"][1]["exercises"]
    assert run_tutor(other, "progress", "import", str(file)).out == "All of it was here already.\n"


def test_an_export_never_replaces_a_file_unasked(tutor: Tutor, tmp_path: Path) -> None:
    file = tmp_path / "progress.json"
    file.write_text("mine")
    ran = tutor("progress", "export", str(file))
    assert ran.code == 3
    assert file.read_text() == "mine"
    assert tutor("progress", "export", str(file), "--overwrite", "--json").json["path"] == str(file)
    assert json.loads(file.read_text())["format"] == 1
    assert tutor("progress", "export", str(tmp_path / "none" / "x.json")).code == 3
    assert [each.name for each in tmp_path.iterdir() if each.name != "home"] == ["progress.json"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"not json",
        b"[" * 200_000,
        b"1" * 10_000,
        b'{"kind": "tutor-progress", "format": 99}',
        b'{"kind": "tutor-progress", "format": 1, "attempts": [{"passed": NaN}]}',
        b"{}",
    ],
    ids=["empty", "binary", "words", "deep", "long number", "newer", "not a number", "another object"],
)
def test_a_file_that_is_no_export_is_one_sentence_and_changes_nothing(
    tutor: Tutor, home: Path, tmp_path: Path, content: bytes
) -> None:
    attempt(home, "softmax", True)
    file = tmp_path / "file.json"
    file.write_bytes(content)
    ran = tutor("progress", "import", str(file))
    assert (ran.code, ran.out) == (2, "")
    assert "tutor progress export" in ran.err
    assert tutor("progress", "--json").json["passed"] == 1


def test_a_folder_a_pipe_a_missing_or_a_huge_file_is_refused(tutor: Tutor, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "huge").open("wb") as huge:
        huge.truncate(10**10)
    for name in (".", "pipe", "missing", "huge", "\x01", "~nobody-here/x", "x" * 5000):
        ran = tutor("progress", "import", name if name.startswith("~") else str(tmp_path / name))
        assert (ran.code, ran.out) == (2, ""), name
        assert len(ran.err.splitlines()) == 2, name
