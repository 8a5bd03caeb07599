"""`tutor quiz`: what is asked, answered, rated and kept, by hand and by script."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path
from typing import Any

from knowledge.lessons import section_info
from tutor.learner_store import LearnerStore
from tutor.store import Store

Tutor = Callable[..., Any]


def passed(home: Path, exercise: str) -> None:
    store = Store(home / "tutor.db")
    verdict = {"exercise": exercise, "passed": True, "checks": [], "seconds": 0.1}
    LearnerStore(store).attempt(exercise, passed=True, seconds=0.1, mistakes=[], verdict=verdict)
    store.close()


def test_nothing_is_due_before_anything_was_done(tutor: Tutor) -> None:
    ran = tutor("quiz")
    assert ran.code == 0
    assert "no lesson has been worked on yet" in ran.out
    assert tutor("quiz", "--json").json == {"due": [], "total": 0, "waiting": 0, "next_at": None}


def test_an_attempted_exercise_brings_the_questions_of_its_lesson(tutor: Tutor, home: Path) -> None:
    passed(home, "softmax")
    listed = tutor("quiz", "--json").json
    assert listed["total"] == 10
    assert listed["waiting"] > 10
    assert {each["lesson"] for each in listed["due"]} == {2}
    first = listed["due"][0]
    assert first["section"] == "linear.softmax"
    assert first["question"] in section_info("linear.softmax").asks
    assert (first["reviews"], first["due"]) == (0, None)


def test_a_question_is_answered_rated_and_scheduled(tutor: Tutor) -> None:
    ran = tutor("quiz", "2", "--limit", "1", stdin="a table\n3\n")
    assert ran.code == 0, ran.err
    assert "How do I load a data set with Hugging Face datasets?" in ran.out
    assert "A text data set is a table with one example a row" in ran.out
    assert "tutor course show linear.datasets" in ran.out
    assert "It comes again in 2 days" in ran.out
    assert "1 question rated and kept." in ran.out
    assert tutor("quiz", "--json").json["total"] == 9


def test_a_wrong_rating_is_asked_for_again_and_q_stops(tutor: Tutor) -> None:
    ran = tutor("quiz", "2", stdin="\n9\neasy\n\nq\n")
    assert ran.code == 0
    assert "Give a number from 1 to 4, or q." in ran.out
    assert "1 question rated and kept." in ran.out


def test_the_end_of_the_input_stops_like_q(tutor: Tutor) -> None:
    ran = tutor("quiz", "2", stdin=b"\xff\xfe\n")
    assert (ran.code, ran.err) == (0, "")
    assert "Nothing was rated." in ran.out


def test_a_script_rates_cards_and_nothing_else(tutor: Tutor) -> None:
    card = tutor("quiz", "2", "--json", "--limit", "1").json["due"][0]["card"]
    ran = tutor("quiz", "rate", card, "4", "--json")
    assert (ran.json["card"], ran.json["rating"], ran.json["reviews"]) == (card, 4, 1)
    assert card not in [each["card"] for each in tutor("quiz", "2", "--json").json["due"]]
    for arguments in (("rate", "linear.softmax~0", "3"), ("rate", card, "5"), ("99",), ("two",)):
        wrong = tutor("quiz", *arguments)
        assert (wrong.code, wrong.out) == (2, ""), arguments


def test_no_more_than_ten_new_questions_come_on_one_day(tutor: Tutor) -> None:
    ran = tutor("quiz", "2", "--limit", "50", stdin="\n4\n" * 50)
    assert "10 questions rated and kept." in ran.out
    assert "wait for another day" in ran.out
    assert "Nothing is due. The next question comes tomorrow." in tutor("quiz").out
    assert "Nothing is due in lesson 3. The next question comes tomorrow." in tutor("quiz", "3").out


def test_ctrl_c_leaves_and_what_was_rated_is_kept(
    tutor: Tutor, home: Path, environment: Callable[..., dict[str, str]]
) -> None:
    screen, keyboard = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tutor", "quiz", "2"],
        stdin=keyboard,
        stdout=keyboard,
        stderr=keyboard,
        env=environment(home),
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # so that Ctrl+C reaches it
    )
    os.close(keyboard)
    terminal = Terminal(screen)
    terminal.read_to("press Enter (q to stop): ")
    os.write(screen, b"\n")
    terminal.read_to("q to stop: ")
    os.write(screen, b"4\n")
    terminal.read_to("2 of 10")
    terminal.read_to("press Enter (q to stop): ")
    os.write(screen, b"\x03")
    terminal.read_to("1 question rated and kept.")
    assert process.wait() == 130
    os.close(screen)
    assert "Interrupted. " in terminal.seen
    assert "Traceback" not in terminal.seen
    assert tutor("quiz", "2", "--json").json["total"] == 9


def test_in_a_narrow_terminal_an_answer_is_folded_at_words(
    home: Path, environment: Callable[..., dict[str, str]]
) -> None:
    screen, keyboard = pty.openpty()
    fcntl.ioctl(keyboard, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "tutor", "quiz", "2"],
        stdin=keyboard,
        stdout=keyboard,
        stderr=keyboard,
        env=environment(home),
    )
    os.close(keyboard)
    terminal = Terminal(screen)
    terminal.read_to("press Enter (q to stop): ")
    os.write(screen, b"\n")
    terminal.read_to("A text data set")
    start = terminal.read
    terminal.read_to("From:")
    answer = re.sub(r"\x1b\[[0-9;]*m", "", terminal.seen[start : terminal.read]).splitlines()[1:-1]
    assert len(answer) > 3
    assert all(len(line) <= 40 for line in answer)
    terminal.read_to("q to stop: ")
    os.write(screen, b"q\n")
    assert process.wait() == 0
    os.close(screen)


class Terminal:
    """What a process wrote to a pseudo-terminal, read as far as a test asks."""

    def __init__(self, screen: int) -> None:
        self.screen = screen
        self.seen = ""
        self.read = 0

    def read_to(self, text: str) -> None:
        """Read on until `text` came after what was read to before."""
        while (found := self.seen.find(text, self.read)) < 0:
            self.seen += os.read(self.screen, 4096).decode("utf-8", "replace")
        self.read = found + len(text)
