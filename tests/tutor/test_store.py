"""What the store keeps, and how it behaves when the disk, the file or another process is in the way."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tutor.agent.events import Answer, Source, ToolUse
from tutor.errors import StorageError, UsageError
from tutor.settings import Settings
from tutor.store import Store

ROOT = Path(__file__).parents[2]
ANSWER = Answer(
    query="what is a weight?",
    answer="A number that training changes [1].",
    answered=True,
    sources=(Source(1, "Lesson 1", "Weights", "line 3", "A weight is …", "p1", "course"),),
    tools=(ToolUse("search_course", {"query": "weight", "k": 5}, "5 passages"),),
    model="guide",
    seconds=0.25,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "tutor.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = Store(path)
    yield opened
    opened.close()


def test_an_answer_comes_back_as_it_was(store: Store, path: Path) -> None:
    name = store.session("weights")
    store.finish_turn(store.start_turn(name, "what is a weight?"), ANSWER, "done")
    again = Store(path)
    (turn,) = again.turns(name)
    again.close()
    assert turn.answer == ANSWER
    assert (turn.question, turn.state) == ("what is a weight?", "done")


def test_generated_names_count_through_the_alphabet(store: Store) -> None:
    names = [store.session(None) for _ in range(28)]
    today = date.today().isoformat()
    assert names[:2] == [f"{today}-a", f"{today}-b"]
    assert names[25:] == [f"{today}-z", f"{today}-aa", f"{today}-ab"]


def test_a_session_is_titled_by_its_first_question_and_listed_last_used_first(store: Store) -> None:
    for name in ("one", "two"):
        store.start_turn(store.session(name), f"first\nof {name}")
    store.start_turn(store.session("one"), "second of one")
    found = store.sessions()
    assert [(each.name, each.title, each.turns) for each in found] == [
        ("one", "first of one", 2),
        ("two", "first of two", 1),
    ]


def test_deleting_a_session_takes_its_turns_and_the_agents_memory(store: Store, path: Path) -> None:
    name = store.session("gone")
    store.start_turn(name, "q")
    outside = sqlite3.connect(path)
    outside.execute("CREATE TABLE checkpoints (thread_id TEXT)")
    outside.executemany("INSERT INTO checkpoints VALUES (?)", [("gone",), ("kept",)])
    outside.commit()
    store.delete_session(name)
    assert store.sessions() == []
    assert outside.execute("SELECT thread_id FROM checkpoints").fetchall() == [("kept",)]
    assert outside.execute("SELECT COUNT(*) FROM turns").fetchone() == (0,)
    outside.close()


def test_an_unknown_session_is_refused_with_the_closest_name(store: Store) -> None:
    store.session("weights")
    for act in (store.turns, store.delete_session):
        with pytest.raises(UsageError) as caught:
            act("wieghts")
        assert "weights" in caught.value.help


@pytest.mark.parametrize("name", ["", "a/b", "../x", "x" * 65, "-x", "tab\tin", "bell\x07"])
def test_a_name_that_could_not_be_a_file_is_refused(store: Store, name: str) -> None:
    with pytest.raises(UsageError):
        store.session(name)


def in_another_process(path: Path, code: str) -> subprocess.Popen[str]:
    program = (
        f"from pathlib import Path\nfrom tutor.store import Store\nstore = Store(Path({str(path)!r}))\n{code}"
    )
    return subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_a_turn_whose_process_was_killed_reads_as_interrupted(store: Store, path: Path) -> None:
    other = in_another_process(
        path,
        "store.start_turn(store.session('s'), 'q')\nprint('asked', flush=True)\nimport time; time.sleep(60)",
    )
    assert other.stdout is not None
    other.stdout.readline()
    assert [turn.state for turn in store.turns("s")] == ["running"]
    other.send_signal(signal.SIGKILL)
    other.communicate()
    assert [turn.state for turn in store.turns("s")] == ["interrupted"]


def test_processes_that_begin_a_database_and_write_at_once_lose_nothing(path: Path) -> None:
    code = (
        "for n in range(40):\n    store.start_turn(store.session(None) if n % 10 == 0 else 'shared', str(n))"
    )
    others = [in_another_process(path, code) for _ in range(3)]
    assert [other.wait(60) for other in others] == [0, 0, 0]
    for other in others:
        other.communicate()
    store = Store(path)
    sessions = store.sessions()
    store.close()
    assert sum(each.turns for each in sessions) == 120
    assert len(sessions) == 1 + 12


def test_an_opened_but_unused_session_of_a_dead_process_is_forgotten(store: Store, path: Path) -> None:
    in_another_process(path, "store.session(None)").communicate()
    assert len(store.sessions()) == 1
    name = store.session(None)
    assert [each.name for each in store.sessions()] == [name]


def test_a_newer_database_is_refused_and_left_alone(store: Store, path: Path) -> None:
    store.close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StorageError, match="newer Tutor") as caught:
        Store(path)
    assert "Update" in caught.value.help


@pytest.mark.parametrize(
    "content", [b"this is no database at all, not one bit of it", b"SQLite format 3\0" + b"x" * 5000]
)
def test_a_corrupt_file_is_said_so_with_the_way_out(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(StorageError) as caught:
        Store(path)
    assert str(path) in str(caught.value)
    assert "doctor --repair" in caught.value.help
    assert path.read_bytes() == content


def test_damage_in_the_middle_of_a_file_is_said_so(store: Store, path: Path) -> None:
    name = store.session("s")
    for number in range(200):
        store.start_turn(name, f"{number} " * 200)
    store.close()
    data = bytearray(path.read_bytes())
    data[8192:] = os.urandom(len(data) - 8192)
    path.write_bytes(data)
    with pytest.raises(StorageError, match="damaged") as caught:
        Store(path).turns("s")
    assert "doctor --repair" in caught.value.help


def test_an_empty_file_becomes_a_database(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    store = Store(path)
    store.session("s")
    store.close()
    assert path.stat().st_size > 0


@pytest.mark.parametrize("inside", ["", "deeper/"])
def test_a_home_that_is_a_file_is_said_so(tmp_path: Path, inside: str) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StorageError, match="not a folder"):
        Store(tmp_path / "file" / f"{inside}tutor.db")


def test_a_folder_in_the_databases_place_is_said_so(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StorageError, match="is a folder"):
        Store(path)


def test_a_home_that_cannot_be_made_leaves_a_store_in_memory() -> None:
    store = Store(Path("/proc/tutor-home/tutor.db"))
    store.finish_turn(store.start_turn(store.session("s"), "q"), ANSWER, "done")
    assert store.persistent is False
    assert "/proc/tutor-home" in store.message
    assert [turn.answer for turn in store.turns("s")] == [ANSWER]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte of our own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("mounting a file system needs root on Linux")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if done.returncode != 0:
        pytest.skip(f"mounting a file system is not allowed here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_read_only_home_still_shows_what_is_kept(small_disk: Path) -> None:
    path = small_disk / "tutor.db"
    store = Store(path)
    store.finish_turn(store.start_turn(store.session("s"), "q"), ANSWER, "done")
    store.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    store = Store(path)
    assert store.persistent is False
    assert "read-only" in store.message
    assert [turn.answer for turn in store.turns("s")] == [ANSWER]
    store.start_turn("s", "another, for this process only")
    with pytest.raises(StorageError, match="read-only"):
        store.delete_session("s")
    store.close()


def test_a_full_disk_is_said_so_when_beginning_and_when_writing(small_disk: Path) -> None:
    path = small_disk / "tutor.db"
    store = Store(path)
    store.session("s")
    fill(small_disk)
    with pytest.raises(StorageError, match="full"):
        store.start_turn("s", "x" * 200_000)
    store.close()
    for file in small_disk.glob("tutor.db*"):
        file.unlink()
    fill(small_disk)
    with pytest.raises(StorageError, match="full"):
        Store(path)


def fill(disk: Path) -> None:
    with (disk / "ballast").open("ab", buffering=0) as ballast, contextlib.suppress(OSError):
        while True:
            ballast.write(b"x" * 4096)


def test_settings_of_another_home_can_be_made_by_hand(tmp_path: Path) -> None:
    assert Settings(home=tmp_path).model == "guide"
