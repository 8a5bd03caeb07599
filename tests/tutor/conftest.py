"""Running the real command in a process of its own, over a data folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Stdout as the one JSON object that it must be."""
        assert self.out.count("\n") == 1, self.out + self.err
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Stdout as one JSON object a line."""
        return [json.loads(line) for line in self.out.splitlines()]


Tutor = Callable[..., Ran]


def environment_over(home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """A clean environment over a data folder: no setting of the machine's owner, no keyring."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TUTOR_", "OPENAI_", "LANG", "COLUMNS"))
    }
    own = {
        "TUTOR_HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    return clean | own | dict(extra or {})


def run_over(
    home: Path, *arguments: str, stdin: str | bytes = b"", env: Mapping[str, str] | None = None
) -> Ran:
    """Run `tutor ARGUMENTS` to its end; a traceback on either stream fails the test."""
    done = subprocess.run(
        [sys.executable, "-m", "tutor", *arguments],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        env=environment_over(home, env),
        timeout=120,
    )
    ran = Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in ran.out + ran.err
    return ran


@pytest.fixture
def environment() -> Callable[..., dict[str, str]]:
    """`environment(home, {"NAME": "value"})` for a process that a test starts itself."""
    return environment_over


@pytest.fixture
def run_tutor() -> Tutor:
    """`run_tutor(home, "config", "show")` over a data folder that the test chooses."""
    return run_over


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder that is not there yet."""
    return tmp_path / "home"


@pytest.fixture
def tutor(home: Path) -> Tutor:
    """`tutor("config", "show", stdin="", env={})` over this test's own data folder."""

    def run(*arguments: str, **rest: Any) -> Ran:
        return run_over(home, *arguments, **rest)

    return run


@pytest.fixture(scope="session")
def course_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the course in it; copy it, do not change it."""
    home = tmp_path_factory.mktemp("course")
    listed = run_over(home, "sources", "--json")
    assert listed.code == 0, listed.err
    return home


@pytest.fixture
def home_with_course(home: Path, course_home: Path) -> Path:
    """This test's own data folder, with the course in it already."""
    shutil.copytree(course_home, home, dirs_exist_ok=True)
    return home


@pytest.fixture(scope="session")
def taught(course_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Tutor:
    """The command over a data folder that has the course and one page of its own, shared by all tests."""
    home = tmp_path_factory.mktemp("taught")
    shutil.copytree(course_home, home, dirs_exist_ok=True)
    page = tmp_path_factory.mktemp("pages") / "zeppelins.md"
    page.write_text(
        "# Zeppelins\n\n## Lift\n\nA zeppelin floats because the hydrogen in its gas cells is lighter than"
        " the air that it displaces.\n",
        encoding="utf-8",
    )
    first = run_over(home, "ingest", str(page), "--collection", "airships", "--json")
    assert first.json["added"] >= 1, first.err

    def run(*arguments: str, **rest: Any) -> Ran:
        return run_over(home, *arguments, **rest)

    return run
