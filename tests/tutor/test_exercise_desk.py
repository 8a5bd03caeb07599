"""The desk: whatever a caller wants, hints come in order, solutions late, and no file of the learner's is lost."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tools.errors import BadSubmission, CheckCancelled, UnknownExercise
from tools.exercises.catalog import exercises, find_exercise
from tutor.errors import StorageError
from tutor.exercises import files
from tutor.exercises.desk import Desk, NoMoreHints, NotStarted, SolutionLocked
from tutor.learner_store import LearnerStore
from tutor.settings import Settings
from tutor.store import Store

SOFTMAX = find_exercise("softmax")
WRONG_AXIS = (SOFTMAX.folder / "mistakes/wrong-axis.py").read_text()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "home" / "tutor.db")) as opened:
        yield opened


@pytest.fixture
def desk(tmp_path: Path, store: Store) -> Desk:
    return Desk(Settings(home=tmp_path / "home"), store)


def remember(store: Store, *, passed: bool, exercise: str = "softmax") -> None:
    """An attempt as a check would have recorded it."""
    LearnerStore(store).attempt(exercise, passed=passed, seconds=1.0, mistakes=(), verdict={"passed": passed})


def test_starting_writes_the_starter_into_the_data_folder_once(desk: Desk, tmp_path: Path) -> None:
    started = desk.start("softmax")
    assert started.created
    assert started.path == tmp_path / "home/exercises/softmax.py"
    assert started.path.read_text() == SOFTMAX.starter
    started.path.write_text("mine")
    again = desk.start("softmax")
    assert (again.path, again.created) == (started.path, False)
    assert started.path.read_text() == "mine"
    assert desk.entry("softmax").record.state == "started"
    assert os.listdir(started.path.parent) == ["softmax.py"]


def test_an_exercise_started_in_another_folder_stays_there(desk: Desk, tmp_path: Path) -> None:
    desk.start("score_text", tmp_path)
    assert desk.path("score-text") == tmp_path / "score_text.py"
    assert not desk.start("score-text").created
    (tmp_path / "score_text.py").unlink()
    assert desk.start("score-text").path == tmp_path / "score_text.py"


def test_a_folder_that_is_gone_is_not_looked_for(desk: Desk, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    desk.start("softmax", elsewhere).path.unlink()
    elsewhere.rmdir()
    assert desk.path("softmax") == tmp_path / "home/exercises/softmax.py"


def test_two_who_start_at_once_write_one_whole_file(desk: Desk) -> None:
    created = []
    ready = threading.Barrier(6)

    def start() -> None:
        ready.wait()
        created.append(desk.start("softmax").created)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(created) == [False] * 5 + [True]
    assert desk.path("softmax").read_text() == SOFTMAX.starter


def test_a_file_where_the_folder_should_be_is_one_sentence(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "home/exercises").write_text("")
    with pytest.raises(StorageError, match=r"exercises is a file where a folder should be\.$"):
        desk.start("softmax")


def test_a_folder_that_is_a_dead_link_is_one_sentence(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "home/exercises").symlink_to(tmp_path / "nowhere")
    with pytest.raises(StorageError, match="is a link that leads nowhere"):
        desk.start("softmax")
    with pytest.raises(StorageError, match="is a link that leads nowhere"):
        desk.check("softmax")


def test_a_folder_that_is_a_link_to_a_folder_is_used(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "home/exercises").symlink_to(tmp_path / "work")
    desk.start("softmax")
    assert (tmp_path / "work/softmax.py").read_text() == SOFTMAX.starter


def test_a_folder_in_the_files_place_is_one_sentence(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "home/exercises/softmax.py").mkdir(parents=True)
    for act in (desk.start, desk.reset):
        with pytest.raises(StorageError, match="is a folder where your file should be"):
            act("softmax")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_one_sentence(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    with pytest.raises(StorageError, match=r"softmax\.py may not be read or written here"):
        desk.start("softmax", folder)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    with (
        pytest.raises(StorageError, match=r"^The disk is full, so .*softmax\.py was not written\.$"),
        files.told(tmp_path / "softmax.py"),
        open("/dev/full", "w") as file,
    ):
        file.write("x" * 100_000)


def test_a_reset_keeps_what_was_written_and_never_loses_an_earlier_backup(desk: Desk) -> None:
    path = desk.start("softmax").path
    backups = []
    for text in ("first", "second", "third"):
        path.write_text(text)
        done = desk.reset("softmax")
        assert done.backup is not None
        assert re.fullmatch(r"softmax\.py\.bak-\d{8}-\d{6}(-\d)?", done.backup.name)
        backups.append(done.backup)
    assert [each.read_text() for each in backups] == ["first", "second", "third"]
    assert path.read_text() == SOFTMAX.starter
    assert desk.reset("softmax").backup is None  # there is nothing in it but the starter


def test_a_reset_of_a_link_writes_where_it_leads(desk: Desk, tmp_path: Path) -> None:
    path = desk.start("softmax").path
    path.rename(tmp_path / "kept.py")
    path.symlink_to(tmp_path / "kept.py")
    (tmp_path / "kept.py").write_text("mine")
    desk.reset("softmax")
    assert path.is_symlink()
    assert (tmp_path / "kept.py").read_text() == SOFTMAX.starter


def test_hints_come_one_by_one_and_in_order(desk: Desk) -> None:
    assert desk.hints("softmax") == []
    first, second, third = (desk.next_hint("softmax") for _ in range(3))
    assert [each.rung for each in (first, second, third)] == [1, 2, 3]
    assert first.text == SOFTMAX.ladder.nudge
    assert second.text.startswith("Run the check first")
    assert second.text.endswith(SOFTMAX.ladder.hint)
    assert third.text == SOFTMAX.ladder.example
    assert desk.hints("softmax") == [first, second, third]
    with pytest.raises(NoMoreHints, match="All 3 hints"):
        desk.next_hint("softmax")
    assert desk.entry("softmax").record.hints == 3


def test_the_second_hint_speaks_of_the_last_failure(desk: Desk) -> None:
    verdict = desk.check("softmax", code=WRONG_AXIS)
    failed = next(each for each in verdict.checks if each.mistake == "wrong-axis")
    desk.next_hint("softmax")
    text = desk.next_hint("softmax").text
    assert SOFTMAX.ladder.hints["wrong-axis"] in text
    assert failed.name in text
    assert failed.message.strip() in text
    assert desk.check("softmax", code=SOFTMAX.solution()).passed
    assert desk.hints("softmax")[1].text == text


def test_what_the_learners_code_made_stays_a_code_block_in_a_hint(desk: Desk, store: Store) -> None:
    message = "```\n# a heading\n[click](file:///etc/passwd)"
    check = {"name": "*any* name", "passed": False, "message": message, "mistake": ""}
    verdict = {"passed": False, "checks": [check]}
    LearnerStore(store).attempt("softmax", passed=False, seconds=1.0, mistakes=(), verdict=verdict)
    desk.next_hint("softmax")
    text = desk.next_hint("softmax").text
    assert f"````text\n{message}\n````" in text
    assert r"\*any\* name" in text


def test_the_solution_opens_by_passing(desk: Desk, store: Store) -> None:
    for sure in (False, True):
        with pytest.raises(SolutionLocked) as caught:
            desk.solution("softmax", sure=sure)
        assert not caught.value.needs_yes
    with pytest.raises(SolutionLocked):
        desk.explanation("softmax")
    remember(store, passed=True)
    assert desk.solution("softmax") == SOFTMAX.solution()
    assert desk.explanation("softmax") == SOFTMAX.explanation
    assert not desk.entry("softmax").record.solution_shown


def test_the_solution_opens_by_the_whole_ladder_and_a_yes(desk: Desk) -> None:
    for _ in range(3):
        with pytest.raises(SolutionLocked):
            desk.solution("softmax", sure=True)
        desk.next_hint("softmax")
    with pytest.raises(SolutionLocked) as caught:
        desk.solution("softmax")
    assert caught.value.needs_yes
    assert not desk.entry("softmax").record.solution_shown
    assert desk.solution("softmax", sure=True) == SOFTMAX.solution()
    assert desk.entry("softmax").record.solution_shown
    assert desk.explanation("softmax") == SOFTMAX.explanation


def test_a_check_judges_and_records(desk: Desk) -> None:
    path = desk.start("softmax").path
    assert not desk.check("softmax").passed
    assert desk.entry("softmax").record.state == "failing"
    path.write_text(SOFTMAX.solution())
    verdict = desk.check("softmax")
    assert verdict.passed
    record = desk.entry("softmax").record
    assert (record.state, record.attempts) == ("passed", 2)
    assert record.last_verdict is not None
    assert record.last_verdict["seconds"] == verdict.seconds


def test_a_later_failing_check_sets_the_exercise_back(desk: Desk) -> None:
    assert desk.check("softmax", code=SOFTMAX.solution()).passed
    assert not desk.check("softmax", code=WRONG_AXIS).passed
    assert desk.entry("softmax").record.state == "failing"
    current = desk.current()
    assert current is not None
    assert current.exercise.id == "softmax"


def test_another_file_is_judged_and_recorded_too(desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "other.py"
    other.write_text(SOFTMAX.solution())
    assert desk.check("softmax", other).passed
    assert desk.entry("softmax").record.state == "passed"


def test_a_check_without_a_file_says_to_start(desk: Desk) -> None:
    with pytest.raises(NotStarted, match=r"There is no .*softmax\.py yet") as caught:
        desk.check("softmax")
    assert "tutor exercise start softmax" in caught.value.help
    assert desk.entry("softmax").record.attempts == 0


def test_a_file_that_is_no_text_is_no_attempt(desk: Desk) -> None:
    desk.start("softmax").path.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(BadSubmission):
        desk.check("softmax")
    assert desk.entry("softmax").record.attempts == 0


def test_a_check_that_was_stopped_is_no_attempt(desk: Desk) -> None:
    cancelled = threading.Event()
    with pytest.raises(CheckCancelled):
        desk.check(
            "softmax",
            code="def softmax(scores):\n    while True: pass\n",
            on_event=lambda event: cancelled.set(),
            cancelled=cancelled,
        )
    assert desk.entry("softmax").record.attempts == 0


def test_an_attempt_that_cannot_be_recorded_is_told_all_the_same(desk: Desk, store: Store) -> None:
    with store.writing() as connection:
        connection.execute("PRAGMA query_only = ON")
    verdict = desk.check("softmax", code=SOFTMAX.solution())
    assert verdict.passed
    assert verdict.remarks[-1].startswith("This attempt could not be recorded: ")


def test_what_comes_next_follows_the_learner(desk: Desk, store: Store) -> None:
    names = [each.id for each in exercises()]
    assert desk.current() == desk.entries()[0]
    desk.start("softmax")
    assert desk.current() == desk.entry("softmax")
    remember(store, passed=True)
    after = desk.following("softmax")
    assert desk.current() == after
    for name in names:
        remember(store, passed=True, exercise=name)
    assert desk.current() is None
    assert desk.following(names[0]) is None
    remember(store, passed=False, exercise=names[0])
    assert desk.following(names[-1]) == desk.entry(names[0])  # what was left out comes after the last


def test_an_unknown_exercise_is_told_with_a_near_one(desk: Desk) -> None:
    with pytest.raises(UnknownExercise) as caught:
        desk.start("sofmax")
    assert caught.value.help == "Did you mean softmax?"


def test_only_the_exercise_for_prompts_may_ask_the_configured_model(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tutor.model_environment import chosen_model

    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-a-real-key")
    settings = replace(Settings(home=tmp_path), model="openai:tiny", base_url="http://127.0.0.1:9/v1")
    assert chosen_model(settings) == {
        "TUTOR_MODEL": "openai:tiny",
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
        "OPENAI_API_KEY": "sk-not-a-real-key",
    }
    reads_keys = "import os\n\ndef softmax(scores):\n    raise ValueError(sorted(os.environ))\n"
    verdict = Desk(settings, store).check("softmax", code=reads_keys)
    assert "OPENAI" not in str(verdict.as_dict())
