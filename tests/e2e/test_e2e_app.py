"""The real app in a pseudo-terminal: `python -m tutor`, with the real library, agent and database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from terminal import Terminal

ROOT = Path(__file__).parents[2]
QUESTION = "What is a linear classifier?"
ENTER, ESCAPE, CTRL_Q, CTRL_J, F3 = "\r", "\x1b", "\x11", "\n", "\x1bOR"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def start(home):
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("TUTOR_", "OPENAI_"))},
        "TUTOR_HOME": str(home),
        "TERM": "xterm-256color",
        "TEXTUAL_ANIMATIONS": "none",
        "PYTHONPATH": str(ROOT),
        "ESCDELAY": "25",
    }
    opened = []

    # So many rows that a whole answer fits: a longer one is left at its question, its foot below the screen.
    def begin(*arguments: str, columns: int = 110, rows: int = 64) -> Terminal:
        terminal = Terminal([sys.executable, "-m", "tutor", *arguments], environment, ROOT, columns, rows)
        opened.append(terminal)
        return terminal

    yield begin
    for terminal in opened:
        terminal.__exit__()


def test_a_question_is_answered_with_sources_and_the_app_leaves_cleanly(start):
    app = start("--session", "first")
    app.wait_for("Begin with a question")
    app.press(QUESTION + ENTER)
    app.wait_for("sources  copy")
    assert "adds the products" in app.text
    assert "Sources · " in app.text
    app.press(CTRL_Q)
    assert app.wait_for_exit() == 0
    assert b"\x1b[?1049l" in app.raw, "the terminal's own screen comes back"
    assert b"Traceback" not in app.raw


def test_the_session_is_there_again_at_the_next_start(start):
    app = start("--session", "first")
    app.wait_for("adds the products")
    app.wait_for(QUESTION)
    app.press("\x1b[A")
    app.wait_for(f"│ {QUESTION}")


def test_a_source_opens_at_its_quote(start):
    app = start("--session", "first")
    app.wait_for("Sources · ")
    app.press(F3)
    app.press(ENTER)
    app.wait_for("Ask about this")
    app.wait_for("adds the products")
    app.press(ESCAPE)
    app.wait_for("Sessions")


def test_escape_stops_the_answer_and_the_app_goes_on(start):
    app = start("--session", "stopping")
    app.wait_for("Begin with a question")
    app.press(QUESTION + ENTER + ESCAPE)
    app.wait_until(lambda text: "stopped" in text or "copy" in text)
    app.press(QUESTION + ENTER)
    app.wait_for("adds the products")


def test_a_pasted_question_of_many_lines_is_one_question(start):
    app = start("--session", "pasting")
    app.wait_for("Begin with a question")
    app.paste("What is a linear\rclassifier?\r")
    app.wait_for("classifier?")
    assert "Thinking" not in app.text
    app.press(CTRL_J + "Explain." + ENTER)
    app.wait_for("copy")


def test_the_screen_follows_the_size_of_the_terminal(start):
    app = start("--session", "first")
    app.wait_for("Sources · ")
    app.resize(60, 20)
    app.wait_until(lambda text: "Sources · " not in text and "Ask about machine" in text)
    assert all(len(line) <= 60 for line in app.text.splitlines())
    app.resize(140, 40)
    app.wait_until(lambda text: "Sources · " in text and "Course" in text)


def test_killed_in_the_middle_it_reopens_with_the_question_and_answers_again(start):
    app = start("--session", "killed")
    app.wait_for("Begin with a question")
    app.press(QUESTION + ENTER)
    app.wait_until(lambda text: "Searching" in text or "adds the products" in text)
    app.kill()
    app = start("--session", "killed")
    app.wait_for(QUESTION)
    app.wait_until(lambda text: "interrupted" in text or "copy" in text)
    app.press("What are parameters?" + ENTER)
    app.wait_until(lambda text: "▌ What are parameters?" in text and "guide ·" in text)


def test_in_a_pipe_the_app_says_that_it_needs_a_terminal(home):
    run = subprocess.run(
        [sys.executable, "-m", "tutor"],
        cwd=ROOT,
        env={**os.environ, "TUTOR_HOME": str(home)},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert run.returncode == 2
    assert run.stdout == ""
    assert "terminal" in run.stderr
    assert "tutor ask" in run.stderr
    assert "Traceback" not in run.stderr


def test_with_a_read_only_home_the_app_still_answers(start, home, tmp_path, monkeypatch):
    if os.geteuid() == 0:
        folder = tmp_path / "not-a-folder"
        folder.write_text("root may write anywhere, so a file stands in the folder's place")
        run = subprocess.run(
            [sys.executable, "-m", "tutor", "ask", "x"],
            cwd=ROOT,
            env={**os.environ, "TUTOR_HOME": str(folder)},
            capture_output=True,
            text=True,
        )
        assert run.returncode in {2, 3}
        assert "Traceback" not in run.stderr
        return
    home.chmod(0o500)
    try:
        app = start("--session", "readonly")
        app.wait_for("Begin with a question")
    finally:
        home.chmod(0o700)
