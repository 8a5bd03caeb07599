"""What is kept of a learner's work, also when a process dies, two write at once, or nothing may be written."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tutor.database import MIGRATIONS
from tutor.errors import StorageError, UsageError
from tutor.learner.records import Counts, ExerciseRecord
from tutor.learner.verdicts import LONGEST
from tutor.learner_store import VERDICTS_KEPT, LearnerStore
from tutor.store import Store

ROOT = Path(__file__).parents[2]


class Clock:
    """A clock that a test sets; each look is a second later."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "tutor.db"


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 3, 1, 12, tzinfo=UTC))


@pytest.fixture
def learner(path: Path, clock: Clock) -> Iterator[LearnerStore]:
    store = Store(path)
    yield LearnerStore(store, clock=clock)
    store.close()


def verdict(passed: bool, message: str = "") -> dict[str, Any]:
    check = {"name": "rows add up to 1", "passed": passed, "message": message}
    return {"exercise": "softmax", "passed": passed, "checks": [check], "seconds": 0.5}


def check(learner: LearnerStore, passed: bool, message: str = "", exercise: str = "softmax") -> None:
    learner.attempt(
        exercise,
        passed=passed,
        seconds=0.5,
        mistakes=[] if passed else ["wrong-axis"],
        verdict=verdict(passed, message),
    )


def test_an_exercise_that_nobody_touched_is_new(learner: LearnerStore) -> None:
    assert learner.record("softmax") == ExerciseRecord("softmax")
    assert learner.records() == {}


def test_an_exercise_goes_from_started_to_failing_to_passed_and_back(learner: LearnerStore) -> None:
    learner.started("softmax", "/tmp/softmax.py")
    states = [learner.record("softmax").state]
    for passed in (False, True, False):
        check(learner, passed)
        states.append(learner.record("softmax").state)
    assert states == ["started", "failing", "passed", "failing"]
    record = learner.records()["softmax"]
    assert (record.attempts, record.path) == (3, "/tmp/softmax.py")
    assert record.passed_at == "2026-03-01T12:00:03.000+00:00"
    assert record.checked_at == "2026-03-01T12:00:04.000+00:00"
    assert record.last_verdict == verdict(False)
    assert learner.record("softmax") == record


def test_every_attempt_is_kept_with_what_was_found(learner: LearnerStore) -> None:
    check(learner, False)
    check(learner, True)
    check(learner, True, exercise="attention")
    first, second = learner.attempts("softmax")
    assert (first.passed, first.mistakes, first.seconds) == (False, ("wrong-axis",), 0.5)
    assert (second.passed, second.at) == (True, "2026-03-01T12:00:02.000+00:00")
    assert len(learner.attempts()) == 3


def test_hints_and_the_solution_are_remembered_once(learner: LearnerStore) -> None:
    for rung in (1, 2, 2):
        learner.hint_shown("softmax", rung)
    assert (learner.record("softmax").hints, learner.record("softmax").solution_shown) == (2, False)
    learner.solution_shown("softmax")
    assert (learner.record("softmax").hints, learner.record("softmax").solution_shown) == (2, True)
    assert learner.record("softmax").state == "new"


def test_starting_again_elsewhere_moves_the_file_and_keeps_the_first_time(learner: LearnerStore) -> None:
    learner.started("softmax", "/tmp/a.py")
    learner.started("softmax", "/tmp/caf\udce9.py")
    record = learner.record("softmax")
    assert (record.path, record.started_at) == ("/tmp/caf\udce9.py", "2026-03-01T12:00:01.000+00:00")


def test_a_huge_verdict_is_cut_and_stays_readable(learner: LearnerStore, path: Path) -> None:
    check(learner, False, "x" * 1_000_000 + "\ud800")
    kept = learner.record("softmax").last_verdict
    assert kept is not None
    assert (kept["passed"], kept["checks"][0]["name"]) == (False, "rows add up to 1")
    assert len(json.dumps(kept)) <= LONGEST
    many = verdict(False) | {"checks": verdict(False, "x" * 500)["checks"] * 10_000, "seconds": float("nan")}
    learner.attempt("softmax", passed=False, seconds=1, mistakes=[], verdict=many)
    assert len(json.dumps(learner.record("softmax").last_verdict)) <= LONGEST


def test_watching_a_file_all_day_keeps_the_attempts_but_not_every_verdict(learner: LearnerStore) -> None:
    for _ in range(VERDICTS_KEPT + 5):
        check(learner, False)
    attempts = learner.attempts("softmax")
    assert len(attempts) == VERDICTS_KEPT + 5
    assert [each.verdict is None for each in attempts[:6]] == [True] * 5 + [False]


def test_an_older_database_gains_the_tables_and_keeps_its_sessions(path: Path) -> None:
    path.parent.mkdir()
    old = sqlite3.connect(path)
    for statement in MIGRATIONS[0]:
        old.execute(statement)
    old.execute("INSERT INTO sessions(name, created_at, updated_at) VALUES ('kept', '2026', '2026')")
    old.execute("PRAGMA user_version = 1")
    old.commit()
    old.close()
    store = Store(path)
    check(LearnerStore(store), True)
    assert store.has_session("kept")
    assert LearnerStore(store).record("softmax").state == "passed"
    store.close()


@pytest.fixture
def freezing(tmp_path: Path) -> Iterator[tuple[Path, Callable[[], None]]]:
    """A data folder, and what makes it one that may not be written, for root as well."""
    home = tmp_path / "frozen"
    home.mkdir()
    if os.geteuid() != 0:
        yield home, lambda: home.chmod(0o555)
        home.chmod(0o755)
        return
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(home)], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("root may write everywhere, and nothing may be mounted here")
    remount = ["mount", "-o", "remount,ro", str(home)]
    yield home, lambda: subprocess.run(remount, check=True) and None
    subprocess.run(["umount", "-l", str(home)], check=True)


def test_a_folder_that_may_not_be_written_still_lets_one_work(
    freezing: tuple[Path, Callable[[], None]],
) -> None:
    home, freeze = freezing
    first = Store(home / "tutor.db")
    check(LearnerStore(first), True)
    exported = LearnerStore(first).export()
    first.close()
    freeze()
    store = Store(home / "tutor.db")
    assert store.persistent is False
    learner = LearnerStore(store)
    check(learner, False, exercise="attention")
    assert learner.record("softmax").state == "passed"
    assert learner.record("attention").state == "failing"
    with pytest.raises(StorageError, match="cannot be imported"):
        learner.load(exported)
    store.close()


def test_what_was_recorded_before_a_kill_is_there_afterwards(path: Path) -> None:
    program = (
        "from pathlib import Path; from tutor.store import Store; from tutor.learner_store import LearnerStore\n"
        f"learner = LearnerStore(Store(Path({str(path)!r})))\n"
        "while True:\n"
        "    learner.attempt('softmax', passed=True, seconds=1, mistakes=[], verdict={'passed': True})\n"
        "    print('kept', flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    for _ in range(5):
        assert process.stdout.readline() == b"kept\n"
    process.send_signal(signal.SIGKILL)
    told = 5 + process.stdout.read().count(b"kept\n")
    process.wait()
    store = Store(path)
    assert len(LearnerStore(store).attempts()) in (told, told + 1)
    store.close()


def test_two_processes_recording_at_once_lose_nothing(path: Path) -> None:
    program = (
        "from pathlib import Path; from tutor.store import Store; from tutor.learner_store import LearnerStore\n"
        f"learner = LearnerStore(Store(Path({str(path)!r})))\n"
        "for rung in range(40):\n"
        "    learner.attempt('softmax', passed=True, seconds=1, mistakes=[], verdict={'passed': True})\n"
        "    learner.review('linear.softmax~1234abcd', 3)\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", program], cwd=ROOT) for _ in range(2)]
    assert [each.wait() for each in running] == [0, 0]
    store = Store(path)
    assert LearnerStore(store).record("softmax").attempts == 80
    assert len(LearnerStore(store).reviews()) == 80
    store.close()


def test_an_export_comes_back_whole_and_only_once(learner: LearnerStore, clock: Clock) -> None:
    learner.started("softmax", "/home/ada/softmax.py")
    check(learner, False)
    learner.hint_shown("softmax", 1)
    check(learner, True)
    learner.review("linear.softmax~1234abcd", 3)
    learner.section_read("linear.softmax")
    data = json.loads(json.dumps(learner.export()))
    assert "/home/ada" not in json.dumps(data)
    assert learner.load(data) == Counts(0, 0, 0)
    other = LearnerStore(Store(None), clock=clock)
    assert other.load(data) == Counts(1, 2, 1)
    assert other.export() == data
    assert other.record("softmax").state == "passed"
    assert other.record("softmax").path == ""


def test_importing_unites_two_machines_and_the_newer_check_decides(
    learner: LearnerStore, clock: Clock
) -> None:
    check(learner, True)
    old = learner.export()
    other = LearnerStore(Store(None), clock=clock)
    check(other, False)
    newer = other.export()
    assert other.load(old) == Counts(0, 1, 0)
    assert (other.record("softmax").state, other.record("softmax").attempts) == ("failing", 2)
    assert learner.load(newer) == Counts(0, 1, 0)
    assert learner.records()["softmax"].state == "failing"
    assert learner.record("softmax").passed_at == "2026-03-01T12:00:01.000+00:00"


ATTEMPT = {
    "key": "0" * 32, "exercise": "softmax", "at": "2026-02-01T00:00:00+00:00", "passed": True,
    "seconds": 1.0, "mistakes": [], "verdict": None,
}  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"kind": "something-else", "format": 1},
        {"kind": "tutor-progress"},
        {"kind": "tutor-progress", "format": 2},
        {"kind": "tutor-progress", "format": True},
        {"kind": "tutor-progress", "format": 1, "attempts": {}},
        {"kind": "tutor-progress", "format": 1, "attempts": [None]},
        {"kind": "tutor-progress", "format": 1, "help": [{"exercise": "a", "rung": 5, "at": ATTEMPT["at"]}]},
        {"kind": "tutor-progress", "format": 1, "starts": [{"exercise": "../../etc", "at": ATTEMPT["at"]}]},
        {
            "kind": "tutor-progress",
            "format": 1,
            "reviews": [{"key": "1" * 32, "card": "a~1", "at": ATTEMPT["at"], "rating": 9}],
        },
        *(
            {
                "kind": "tutor-progress",
                "format": 1,
                "attempts": [ATTEMPT, ATTEMPT | {"key": "1" * 32} | wrong],
            }
            for wrong in (
                {"key": "x"},
                {"key": None},
                {"exercise": 7},
                {"exercise": "x\x1b[31m"},
                {"at": "yesterday"},
                {"at": "2026-02-01T00:00:00"},
                {"at": "2999-01-01T00:00:00+00:00"},
                {"at": "0001-01-01T00:00:00+14:00"},
                {"passed": "yes"},
                {"seconds": float("nan")},
                {"seconds": 10**400},
                {"seconds": -1},
                {"mistakes": "wrong-axis"},
                {"mistakes": [["nested"]]},
                {"verdict": []},
                {"verdict": {"passed": True, "checks": "all"}},
                {"verdict": {"passed": True, "checks": [{"name": "a", "passed": True, "message": 5}]}},
                {"verdict": {"passed": True, "checks": [], "remarks": [1]}},
            )
        ),
    ],
)
def test_what_is_no_sound_export_is_refused_whole(learner: LearnerStore, data: object) -> None:
    check(learner, True)
    before = learner.export()
    with pytest.raises(UsageError) as refused:
        learner.load(data)
    assert str(refused.value).startswith("That is no progress export: ")
    assert str(refused.value).count("\n") == 0
    assert learner.export() == before
