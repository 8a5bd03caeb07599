"""`tutor exercise`: listed, shown, started, helped with and reset from the command line."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from e2e.terminal import Terminal

from tools.exercises.catalog import exercises, find_exercise

SOFTMAX = find_exercise("softmax")
Tutor = Callable[..., Any]
Environment = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def passed_home(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A data folder in which softmax is passed; copy it, do not change it."""
    from contextlib import closing

    from tutor.learner_store import LearnerStore
    from tutor.store import Store

    home = tmp_path_factory.mktemp("passed") / "home"
    with closing(Store(home / "tutor.db")) as store:
        LearnerStore(store).attempt(
            "softmax", passed=True, seconds=1.0, mistakes=(), verdict={"passed": True}
        )
    return home


def test_the_exercises_are_listed_in_the_order_of_the_course(tutor: Tutor) -> None:
    listed = tutor("exercise", "list", "--json").json
    assert [each["id"] for each in listed["exercises"]] == [each.id for each in exercises()]
    assert listed["passed"] == 0
    assert listed["exercise_count"] == len(exercises())
    told = tutor("exercise").out
    assert told == tutor("exercise", "list").out
    assert SOFTMAX.title in told
    assert f"0 of {len(exercises())} passed." in told


def test_one_lesson_is_listed_alone(tutor: Tutor) -> None:
    listed = tutor("exercise", "list", "--lesson", "2", "--json").json
    assert {each["lesson"] for each in listed["exercises"]} == {2}
    wrong = tutor("exercise", "list", "--lesson", "99")
    assert wrong.code == 2
    assert "Lesson 99 has no exercises." in wrong.err


def test_the_list_says_how_each_stands(tutor: Tutor, home: Path, passed_home: Path) -> None:
    shutil.copytree(passed_home, home)
    tutor("exercise", "start", "score-text")
    told = tutor("exercise", "list").out
    assert "✓ softmax" in told
    assert "○ score-text" in told
    assert "1 of " in told
    states = {each["id"]: each["state"] for each in tutor("exercise", "list", "--json").json["exercises"]}
    assert (states["softmax"], states["score-text"]) == ("passed", "started")


def test_a_task_is_shown_without_marks(tutor: Tutor) -> None:
    told = tutor("exercise", "show", "softmax").out
    assert "softmax(scores: np.ndarray) -> np.ndarray" in told
    assert "```" not in told
    assert "\\frac" not in told
    assert "\x1b" not in told
    assert tutor("exercise", "show", "softmax", "--json").json["task"] == SOFTMAX.task


def test_starting_prints_the_path_and_what_to_do_next(tutor: Tutor, home: Path) -> None:
    ran = tutor("exercise", "start", "softmax")
    path = home / "exercises/softmax.py"
    assert ran.out == f"{path}\n"
    assert "tutor check softmax" in ran.err
    path.write_text("mine")
    again = tutor("exercise", "start", "softmax", "--json").json
    assert again == {"exercise": "softmax", "path": str(path), "created": False}
    assert path.read_text() == "mine"


def test_starting_here_writes_into_this_folder(
    home: Path, tmp_path: Path, environment: Environment, run_tutor: Tutor
) -> None:
    with Terminal(
        [sys.executable, "-m", "tutor", "exercise", "start", "softmax", "--here"], environment(home), tmp_path
    ) as terminal:
        terminal.wait_for(str(tmp_path / "softmax.py"))
        assert terminal.wait_for_exit() == 0
    assert (tmp_path / "softmax.py").read_text() == SOFTMAX.starter
    assert run_tutor(home, "exercise", "list", "--json").code == 0


def test_next_names_the_first_then_the_one_begun(tutor: Tutor) -> None:
    assert tutor("exercise", "next", "--json").json["exercise"]["id"] == exercises()[0].id
    tutor("exercise", "start", "softmax")
    ran = tutor("exercise", "next")
    assert ran.out.startswith("softmax")
    assert "tutor check softmax" in ran.out


def test_hints_come_in_order_and_can_be_read_again(tutor: Tutor) -> None:
    assert tutor("exercise", "hint", "softmax", "--again").out == ""
    rungs = [tutor("exercise", "hint", "softmax", "--json").json for _ in range(2)]
    assert [(each["rung"], each["of"]) for each in rungs] == [(1, 3), (2, 3)]
    last = tutor("exercise", "hint", "softmax")
    assert last.out.startswith("Hint 3 of 3: A similar problem, solved")
    no_more = tutor("exercise", "hint", "softmax", "--json")
    assert no_more.code == 2
    assert no_more.json["error"]["title"] == "No more hints"
    again = tutor("exercise", "hint", "softmax", "--again", "--json").json
    assert [each["rung"] for each in again["hints"]] == [1, 2, 3]


def test_the_solution_needs_the_ladder_and_a_yes(tutor: Tutor) -> None:
    locked = tutor("exercise", "solution", "softmax", "--yes")
    assert (locked.code, locked.out) == (2, "")
    assert "tutor exercise hint softmax" in locked.err
    for _ in range(3):
        tutor("exercise", "hint", "softmax")
    unsure = tutor("exercise", "solution", "softmax", "--json")
    assert unsure.code == 2
    assert "--yes" in unsure.json["error"]["help"]
    assert tutor("exercise", "solution", "softmax", "--yes").out == SOFTMAX.solution()


def test_a_person_is_asked_before_the_solution(tutor: Tutor, home: Path, environment: Environment) -> None:
    for _ in range(3):
        tutor("exercise", "hint", "softmax")
    command = [sys.executable, "-m", "tutor", "exercise", "solution", "softmax"]
    for answer, code in (("n", 130), ("y", 0)):
        with Terminal(command, environment(home, {"NO_COLOR": "1"}), home) as terminal:
            terminal.wait_for("Show the solution? [y/N]")
            assert "def softmax" not in terminal.text
            terminal.press(f"{answer}\n")
            assert terminal.wait_for_exit() == code
            assert ("def softmax" in terminal.text) == (answer == "y")


def test_after_passing_the_solution_and_the_explanation_are_open(
    tutor: Tutor, home: Path, passed_home: Path
) -> None:
    early = tutor("exercise", "explain", "softmax")
    assert (early.code, early.out) == (2, "")
    shutil.rmtree(home)
    shutil.copytree(passed_home, home)
    assert tutor("exercise", "solution", "softmax", "--json").json["solution"] == SOFTMAX.solution()
    assert tutor("exercise", "explain", "softmax", "--json").json["explanation"] == SOFTMAX.explanation


def test_a_reset_is_asked_for_and_keeps_a_backup(tutor: Tutor, home: Path) -> None:
    path = Path(tutor("exercise", "start", "softmax").out.strip())
    path.write_text("mine")
    refused = tutor("exercise", "reset", "softmax")
    assert refused.code == 2
    assert "--yes" in refused.err
    assert path.read_text() == "mine"
    done = tutor("exercise", "reset", "softmax", "--yes", "--json").json
    assert Path(done["backup"]).read_text() == "mine"
    assert path.read_text() == SOFTMAX.starter


def test_an_unknown_exercise_is_one_sentence_everywhere(tutor: Tutor) -> None:
    for command in ("show", "start", "hint", "solution", "explain", "reset"):
        ran = tutor("exercise", command, "sofmax", "--json")
        assert ran.code == 2
        assert ran.json["error"]["help"] == "Did you mean softmax?"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_data_folder_that_may_not_be_written_is_one_sentence(tutor: Tutor, home: Path) -> None:
    home.mkdir(mode=0o500)
    ran = tutor("exercise", "start", "softmax")
    assert ran.code == 3
    assert "may not be read or written" in ran.err


def test_a_folder_that_is_a_file_is_a_finding_of_the_doctor(tutor: Tutor, home: Path) -> None:
    home.mkdir()
    (home / "exercises").write_text("")
    checks = {each["name"]: each for each in tutor("doctor", "--quick", "--json").json["checks"]}
    assert checks["exercises"]["state"] == "failed"
    assert "is a file where a folder should be" in checks["exercises"]["detail"]
    assert checks["sandbox"]["state"] in ("ok", "note")
    assert "checked code is held in by" in checks["sandbox"]["detail"]
