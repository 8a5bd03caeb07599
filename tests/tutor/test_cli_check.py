"""`tutor check`: what a person and a script are told about a learner's code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from e2e.terminal import Terminal

from tools.exercises.catalog import find_exercise

SOFTMAX = find_exercise("softmax")
WRONG_AXIS = (SOFTMAX.folder / "mistakes/wrong-axis.py").read_text()
LOOPS = "print('begun', flush=True)\n\ndef softmax(scores):\n    while True: pass\n"
Tutor = Callable[..., Any]
Environment = Callable[..., dict[str, str]]


def write(home: Path, text: str) -> Path:
    """The learner's file for softmax."""
    path = home / "exercises/softmax.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def attempts(tutor: Tutor) -> int:
    """How many attempts at softmax are recorded."""
    listed = tutor("exercise", "list", "--json").json["exercises"]
    return next(each["attempts"] for each in listed if each["id"] == "softmax")


def test_a_right_solution_passes_with_its_explanation_and_what_comes_next(tutor: Tutor, home: Path) -> None:
    write(home, SOFTMAX.solution())
    ran = tutor("check", "softmax")
    assert ran.code == 0, ran.out
    assert "✗" not in ran.out
    assert "Passed: all " in ran.out
    assert SOFTMAX.explanation.split(":")[0] in ran.out
    assert "Next: " in ran.err
    assert "\x1b" not in ran.out


def test_a_mistake_is_named_and_a_hint_offered(tutor: Tutor, home: Path) -> None:
    write(home, WRONG_AXIS)
    ran = tutor("check", "softmax")
    assert ran.code == 1
    assert SOFTMAX.mistakes["wrong-axis"] in ran.out
    assert "Not passed yet: " in ran.out
    assert "tutor exercise hint softmax" in ran.err
    assert SOFTMAX.explanation[:40] not in ran.out
    assert attempts(tutor) == 1


def test_json_is_one_object_with_every_check(tutor: Tutor, home: Path) -> None:
    write(home, WRONG_AXIS)
    ran = tutor("check", "softmax", "--json")
    assert (ran.code, ran.err) == (1, "")
    verdict = ran.json
    assert verdict["exercise"] == "softmax"
    assert verdict["passed"] is False
    assert all({"name", "passed", "message"} <= set(each) for each in verdict["checks"])
    assert verdict["seconds"] > 0
    assert verdict["isolation"]


def test_the_learners_own_lines_and_output_are_shown_without_control_sequences(
    tutor: Tutor, home: Path
) -> None:
    write(
        home,
        "print('\\x1b[2Jfrom my code')\n\n"
        "def softmax(scores):\n    raise ValueError('\\x1b]0;title\\x07 a bad \\x1b[31mrow')\n",
    )
    ran = tutor("check", "softmax")
    assert ran.code == 1
    assert "Your code printed:\n    from my code" in ran.out
    assert "a bad \\x1b[31mrow" in ran.out  # escaped, as text
    assert "raise ValueError" in ran.out
    assert "\x1b" not in ran.out + ran.err
    assert "tools/" not in ran.out


def test_another_file_and_a_notebook_are_taken(tutor: Tutor, tmp_path: Path) -> None:
    cells = [
        {
            "cell_type": "code",
            "source": "%matplotlib inline\nimport numpy as np",
            "metadata": {},
            "outputs": [],
        },
        {"cell_type": "code", "source": SOFTMAX.solution(), "metadata": {}, "outputs": []},
    ]
    notebook = tmp_path / "mine.ipynb"
    notebook.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    ran = tutor("check", "softmax", str(notebook))
    assert ran.code == 0, ran.out + ran.err
    assert "Note: " in ran.out
    assert attempts(tutor) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("softmax",), "There is no "),
        (("softmax", "nowhere.py"), "nowhere.py"),
        (("sofmax",), "There is no exercise"),
        (("softmax", "/"), "/"),
    ],
    ids=["not started", "no file", "no exercise", "a folder"],
)
def test_what_cannot_be_checked_is_one_sentence_and_exit_code_2(
    tutor: Tutor, arguments: tuple[str, ...], says: str
) -> None:
    ran = tutor("check", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    told = tutor("check", *arguments, "--json")
    assert told.code == 2
    assert set(told.json["error"]) == {"title", "message", "help", "retryable"}


def test_exit_in_the_learners_code_is_no_pass(tutor: Tutor, home: Path) -> None:
    write(home, "import os\nos._exit(0)\n")
    ran = tutor("check", "softmax")
    assert ran.code == 1
    assert "Not passed yet" in ran.out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl+C", "a polite kill"])
def test_an_interrupted_check_ends_with_its_worker_and_records_nothing(
    tutor: Tutor, home: Path, environment: Environment, number: int
) -> None:
    marker = f"worker-{os.getpid()}-{number}"
    path = write(home, f"# {marker}\n{LOOPS}")
    with subprocess.Popen(
        [sys.executable, "-m", "tutor", "check", "softmax", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(home),
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()  # the file is imported; now it loops
        assert first.startswith("✓"), first
        children = children_of(process.pid)
        assert children
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err.strip().endswith("Interrupted.")
    assert "Passed" not in out
    assert not any(psutil.pid_exists(child) for child in children)
    assert attempts(tutor) == 0


def children_of(pid: int) -> list[int]:
    """The processes below this one."""
    return [each.pid for each in psutil.Process(pid).children(recursive=True)]


def test_on_a_terminal_the_checks_have_colours_and_nothing_is_left_behind(
    home: Path, environment: Environment
) -> None:
    write(home, WRONG_AXIS)
    command = [sys.executable, "-m", "tutor", "check", "softmax"]
    with Terminal(command, environment(home, {"TERM": "xterm-256color"}), home, 60, 60) as terminal:
        assert terminal.wait_for_exit() == 1
        assert b"\x1b[31m" in terminal.raw
        assert "…" not in terminal.text
        assert all(len(line) <= 60 for line in terminal.text.splitlines())
        assert "✗ " in terminal.text
