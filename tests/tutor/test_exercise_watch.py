"""`tutor exercise watch` in a real terminal: saves as editors make them, keys, and what is left when it ends."""

from __future__ import annotations

import os
import signal
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from e2e.terminal import Terminal

from tools.exercises.catalog import exercises, find_exercise

pytestmark = pytest.mark.proof  # many programs started, one after the other

SOFTMAX = find_exercise("softmax")
SOLUTION = SOFTMAX.solution()
OVERFLOW = (SOFTMAX.folder / "mistakes/overflow.py").read_text()
LOOPS = "def softmax(scores):\n    while True: pass\n"
KEYS = "q quit"
Tutor = Callable[..., Any]
Environment = Callable[..., dict[str, str]]


class Watched(Terminal):
    """A terminal that tells its own modes."""

    @property
    def modes(self) -> list[Any]:
        """Echo, line by line or key by key, and so on."""
        return termios.tcgetattr(self._terminal)


@pytest.fixture
def watch(home: Path, environment: Environment) -> Callable[..., Any]:
    """`with watch("softmax") as terminal`; the program is watching already."""

    @contextmanager
    def begin(*names: str, columns: int = 80, rows: int = 60) -> Iterator[Watched]:
        home.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "tutor", "exercise", "watch", *names]
        with Watched(command, environment(home, {"NO_COLOR": "1"}), home, columns, rows) as terminal:
            yield terminal

    return begin


@pytest.fixture
def file(home: Path) -> Path:
    """Where the learner's softmax lies."""
    return home / "exercises/softmax.py"


def replace(path: Path, text: str) -> None:
    """Save as many editors do: another file takes the old one's place."""
    spare = path.with_name(f".{path.name}.swp")
    spare.write_text(text)
    os.replace(spare, path)


def test_a_newcomer_sees_the_task_and_a_saved_file_is_checked(watch: Any, file: Path) -> None:
    with watch("softmax") as terminal:
        first = terminal.wait_for(KEYS)
        assert SOFTMAX.title in first
        assert str(file) in "".join(first.split())
        assert "Turn scores into probabilities." in first
        assert "every save is checked here" in " ".join(first.split())
        replace(file, OVERFLOW)
        told = terminal.wait_for("Not passed yet: ")
        assert "✗ large scores do not overflow" in told
        assert " ".join(SOFTMAX.mistakes["overflow"].split()) in " ".join(told.split())
        file.write_text(SOLUTION)
        terminal.wait_for("Passed: all ")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


def test_a_file_that_goes_and_comes_back_is_checked_again(watch: Any, file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(OVERFLOW)
    with watch("softmax") as terminal:
        terminal.wait_for("Not passed yet: ")
        file.unlink()
        terminal.wait_for("The file is gone.")
        replace(file, SOLUTION)
        terminal.wait_for("Passed: all ")


def test_a_folder_that_goes_and_comes_back_is_watched_again(watch: Any, file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(OVERFLOW)
    with watch("softmax") as terminal:
        terminal.wait_for("Not passed yet: ")
        file.unlink()
        file.parent.rmdir()
        terminal.wait_for("The file is gone.")
        file.parent.mkdir()
        replace(file, SOLUTION)
        terminal.wait_for("Passed: all ")


def test_saves_are_noticed_where_the_system_has_no_watches_left(
    home: Path, file: Path, environment: Environment
) -> None:
    home.mkdir()
    command = [sys.executable, "-m", "tutor", "exercise", "watch", "softmax"]
    with Terminal(command, environment(home, {"WATCHFILES_FORCE_POLLING": "1"}), home, rows=60) as terminal:
        terminal.wait_for(KEYS)
        replace(file, SOLUTION)
        terminal.wait_for("Passed: all ")


def test_a_save_during_a_check_stops_it_and_judges_what_is_there_now(
    watch: Any, file: Path, tutor: Tutor
) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(LOOPS)
    with watch("softmax") as terminal:
        terminal.wait_for("… each row holds")
        replace(file, LOOPS + "\n")
        replace(file, SOLUTION)
        terminal.wait_for("Passed: all ")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
    listed = tutor("exercise", "list", "--json").json["exercises"]
    assert next(each["attempts"] for each in listed if each["id"] == "softmax") == 1


def test_hints_come_one_by_one_and_the_solution_only_after_them_and_a_yes(watch: Any, file: Path) -> None:
    with watch("softmax") as terminal:
        terminal.wait_for(KEYS)
        terminal.press("s")
        terminal.wait_for("comes after passing it, or after all 3 hints")
        for rung in (1, 2, 3):
            terminal.press("h")
            terminal.wait_for(f"Hint {rung} of 3")
        terminal.press("h")
        terminal.wait_for("These are all the hints there are.")
        terminal.press("s")
        terminal.wait_for("Show the solution? y/n")
        terminal.press("n")
        terminal.wait_for("Nothing was changed.")
        assert "exponentials.sum(" not in terminal.text
        terminal.press("s")
        terminal.wait_for("Show the solution? y/n")
        terminal.press("y")
        terminal.wait_for("exponentials.sum(")


def test_what_was_typed_ahead_is_no_answer_to_a_question(watch: Any, file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(OVERFLOW)
    with watch("softmax") as terminal:
        terminal.wait_for("Not passed yet: ")
        terminal.press("ry")
        terminal.wait_for("y/n")
        assert file.read_text() == OVERFLOW
        replace(file, SOLUTION)  # a save does not take the question away
        terminal.wait_for("Passed: all ")
        assert "y/n" in terminal.text
        terminal.press("q")  # nor is any other key a yes
        terminal.wait_for("Nothing was changed.")
        assert file.read_text() == SOLUTION


def test_a_reset_asks_and_keeps_a_backup_and_is_no_attempt(watch: Any, file: Path, tutor: Tutor) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(OVERFLOW)
    with watch("softmax") as terminal:
        terminal.wait_for("Not passed yet: ")
        terminal.press("r")
        terminal.wait_for("y/n")
        terminal.press("y")
        terminal.wait_for("The file is as in the beginning.")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
    assert file.read_text() == SOFTMAX.starter
    (backup,) = file.parent.glob("softmax.py.bak-*")
    assert backup.read_text() == OVERFLOW
    listed = tutor("exercise", "list", "--json").json["exercises"]
    assert next(each["attempts"] for each in listed if each["id"] == "softmax") == 1


def test_the_next_exercise_comes_only_after_passing(watch: Any, file: Path, home: Path) -> None:
    following = exercises()[(exercises().index(SOFTMAX) + 1) % len(exercises())]
    with watch("softmax") as terminal:
        terminal.wait_for(KEYS)
        terminal.press("n")
        terminal.wait_for("The next one comes when all checks of this one hold.")
        replace(file, SOLUTION)
        terminal.wait_for("n goes on to the next exercise.")
        terminal.press("n")
        terminal.wait_for(following.title)
        other = home / "exercises" / f"{following.id.replace('-', '_')}.py"
        assert other.read_text() == following.starter
        replace(other, "x = (\n")
        terminal.wait_for("Not passed yet: ")  # now this one is watched


def test_without_an_id_the_exercise_one_is_at_is_watched(watch: Any, tutor: Tutor) -> None:
    with watch() as terminal:
        terminal.wait_for(exercises()[0].title)
    tutor("exercise", "start", "softmax")
    with watch() as terminal:
        terminal.wait_for(SOFTMAX.title)


def test_an_arrow_key_is_no_letter(watch: Any, tutor: Tutor) -> None:
    with watch("softmax") as terminal:
        terminal.wait_for(KEYS)
        terminal.press("\x1b[H")
        terminal.press("t")
        terminal.wait_for("Turn scores")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
    assert tutor("exercise", "hint", "softmax", "--again", "--json").json["hints"] == []


@pytest.mark.parametrize("ends", ["q", "Ctrl+C", "SIGTERM"])
def test_the_terminal_is_as_before_and_no_process_is_left(
    watch: Any, file: Path, ends: str, tutor: Tutor
) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(LOOPS)
    with watch("softmax") as terminal:
        before = terminal.modes
        terminal.wait_for("… each row holds")
        assert terminal.modes != before
        children = psutil.Process(terminal.process).children(recursive=True)
        assert children
        if ends == "SIGTERM":
            os.kill(terminal.process, signal.SIGTERM)
        else:
            terminal.press("\x03" if ends == "Ctrl+C" else "q")
        assert terminal.wait_for_exit() == (0 if ends == "q" else 130)
        assert terminal.modes == before
        assert "Traceback" not in terminal.text
        assert not any(each.is_running() for each in children)
    listed = tutor("exercise", "list", "--json").json["exercises"]
    assert next(each["attempts"] for each in listed if each["id"] == "softmax") == 0


def test_it_is_drawn_anew_for_a_narrower_terminal(watch: Any, file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(OVERFLOW)
    with watch("softmax", columns=80, rows=24) as terminal:
        wide = terminal.wait_for("Not passed yet: ")
        assert "q quit" in wide
        terminal.resize(40, 24)
        os.kill(terminal.process, signal.SIGWINCH)
        terminal.wait_for("\nr reset   s solution   q quit")


def test_without_a_terminal_it_says_so(tutor: Tutor) -> None:
    ran = tutor("exercise", "watch", "softmax")
    assert (ran.code, ran.out) == (2, "")
    assert "needs a terminal" in ran.err
    assert "tutor check" in ran.err
