"""`tutor ask`: answers with sources, as text and as JSON, kept in sessions."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tutor.agent.events import Answer, Answered, AnswerRestarted, Notice, Source, Token
from tutor.cli.answering import AnswerPrinter

Tutor = Callable[..., Any]
Environment = Callable[..., dict[str, str]]
QUESTION = "Why does a zeppelin float?"


def test_an_answer_under_json_is_the_promised_object(taught: Tutor) -> None:
    ran = taught("ask", QUESTION, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert set(ran.json) == {"query", "answer", "answered", "sources", "tools", "model", "seconds"}
    assert (ran.json["query"], ran.json["answered"], ran.json["model"]) == (QUESTION, True, "guide")
    assert set(ran.json["sources"][0]) == {"n", "title", "section", "location", "quote"}
    assert "hydrogen" in ran.json["sources"][0]["quote"]
    assert set(ran.json["tools"][0]) == {"name", "args", "summary"}


def test_an_answer_as_text_ends_with_its_sources(taught: Tutor) -> None:
    ran = taught("ask", "Why", "does", "a", "zeppelin", "float?")
    assert (ran.code, ran.err) == (0, "")
    answer, _, sources = ran.out.partition("\nSources\n")
    assert "hydrogen in its gas cells" in answer
    assert sources.startswith("[1] Zeppelins > Lift, ")
    assert "\x1b" not in ran.out


def test_a_question_that_nothing_covers_is_done_but_not_answered(taught: Tutor) -> None:
    ran = taught("ask", "How long must sourdough bread rest before baking?", "--json")
    assert ran.code == 0
    assert ran.json["answered"] is False
    assert ran.json["answer"]


def test_lines_are_answered_in_order_each_for_itself_and_not_kept(taught: Tutor) -> None:
    before = taught("sessions", "list", "--json").json
    ran = taught("ask", "--stdin", stdin=f'{QUESTION}\n\n{{"question": "What is machine learning?"}}\n')
    assert [found.get("query", "error") for found in ran.lines] == [
        QUESTION,
        "error",
        "What is machine learning?",
    ]
    assert ran.code == 2
    assert taught("sessions", "list", "--json").json == before


def test_a_named_session_goes_on_where_it_was(taught: Tutor) -> None:
    for question in (QUESTION, "What is machine learning?"):
        assert taught("ask", "--session", "airship", question).code == 0
    shown = taught("sessions", "show", "airship", "--json").json
    assert [(turn["question"], turn["state"]) for turn in shown["turns"]] == [
        (QUESTION, "done"),
        ("What is machine learning?", "done"),
    ]


def test_a_run_is_proposed_with_its_command_and_decided_in_the_session(taught: Tutor) -> None:
    wish = "run two-circles with steps=10 and points=20"
    ran = taught("ask", "--session", "rings", wish, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.json["answered"] is True
    assert "To run it: tutor lab run two-circles --set points=20 --set steps=10\n" in ran.json["answer"]
    assert ran.json["answer"].endswith("tutor ask --session rings yes")
    assert [(tool["name"], tool["args"]["lab"]) for tool in ran.json["tools"]] == [("run_lab", "two-circles")]
    assert "Not run." in taught("ask", "--session", "rings", "no").out
    assert taught("runs", "--json").json == {"runs": []}


def test_an_unknown_collection_is_bad_input(taught: Tutor) -> None:
    ran = taught("ask", QUESTION, "--collection", "airship", "--json")
    assert ran.code == 2
    assert "airship" in ran.json["error"]["message"]


def test_a_damaged_database_is_one_sentence_with_the_way_out(tutor: Tutor, home_with_course: Path) -> None:
    (home_with_course / "tutor.db").write_bytes(b"this is no database at all, not one bit of it")
    ran = tutor("ask", QUESTION)
    assert (ran.code, ran.out) == (3, "")
    assert "doctor --repair" in ran.err


def test_a_reader_that_leaves_early_is_no_failure(home_with_course: Path, environment: Environment) -> None:
    command = f"set -o pipefail; {sys.executable} -m tutor ask what is machine learning | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, env=environment(home_with_course))
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b"\n") == 1


def test_an_interrupted_answer_exits_with_130_and_is_kept_as_stopped(
    tutor: Tutor, home_with_course: Path, environment: Environment, run_tutor: Tutor
) -> None:
    command = [sys.executable, "-m", "tutor", "ask", "--session", "cut", "what is machine learning"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(home_with_course)
    ) as running:
        assert running.stdout is not None
        running.stdout.read(1)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=60)
    (turn,) = tutor("sessions", "show", "cut", "--json").json["turns"]
    if turn["state"] == "done":
        pytest.skip("the answer was whole before the interrupt came")
    assert (running.returncode, err) == (130, b"Interrupted.\n")
    assert turn["state"] == "stopped"


@contextmanager
def own_disk(folder: Path, size: str) -> Iterator[None]:
    """A small file system at `folder`; skips where mounting one is not possible."""
    folder.mkdir()
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("mounting a file system needs root on Linux")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"mounting a file system is not allowed here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_read_only_home_still_answers_and_says_that_nothing_is_kept(
    run_tutor: Tutor, tmp_path: Path, course_home: Path
) -> None:
    home = tmp_path / "disk"
    with own_disk(home, "256m"):
        shutil.copytree(course_home, home, dirs_exist_ok=True)
        subprocess.run(["mount", "-o", "remount,ro", str(home)], check=True)
        ran = run_tutor(home, "ask", "What is machine learning?", "--json")
    assert ran.code == 0, ran.out
    assert ran.json["answered"] is True
    assert "read-only" in ran.err


def test_a_full_disk_is_one_sentence(run_tutor: Tutor, tmp_path: Path) -> None:
    home = tmp_path / "disk"
    with own_disk(home, "64k"):
        (home / "ballast").write_bytes(b"x" * 65_536)
        ran = run_tutor(home, "ask", "What is machine learning?", "--json")
    assert ran.code == 3
    assert "full" in ran.json["error"]["message"]


def test_an_answer_that_begins_again_says_so_and_notices_go_to_stderr(
    capsys: pytest.CaptureFixture[str],
) -> None:
    source = Source(1, "Lesson 1", "Lesson 1", "line 3", "quote")
    answer = Answer("q", "Right. [1]", True, (source,), (), "guide", 0.1)
    show = AnswerPrinter()
    for event in (
        Token("Wro"),
        AnswerRestarted(),
        Notice("The model did not answer", "The server is gone.", "The Guide answers instead."),
        Token("Right."),
        Token(" [1]\x1b[31m"),
        Answered(answer),
    ):
        show(event)
    shown = capsys.readouterr()
    assert shown.out == "Wro\n\n(The answer begins again.)\n\nRight. [1]\n\nSources\n[1] Lesson 1, line 3\n"
    assert shown.err == "The model did not answer: The server is gone. The Guide answers instead.\n"


def test_an_answer_that_did_not_stream_is_printed_whole(capsys: pytest.CaptureFixture[str]) -> None:
    AnswerPrinter()(Answered(Answer("q", "All of it.", False, (), (), "guide", 0.1)))
    assert capsys.readouterr().out == "All of it.\n"
