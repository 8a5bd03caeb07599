"""An app over small stand-ins that behave as the conversation and the library promise, for exact tests."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from lab_runs import WrittenRun
from playground import COURSE, PlaygroundLibrary, ScriptedConversation

from tutor.settings import Settings
from tutor.store import Store
from tutor.tui.tutor_app import TutorApp


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    for name in ("TUTOR_THEME", "TUTOR_MODEL", "TUTOR_WEB_SEARCH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def store(home: Path) -> Store:
    return Store(home / "tutor.db")


@pytest.fixture
def make_app(home: Path, store: Store) -> Iterator[Callable[..., TutorApp]]:
    made: list[TutorApp] = []

    def make(
        script: Any = None,
        *,
        session: str | None = "today",
        library: Any = None,
        course: Any = COURSE,
        theme: str = "tutor-dark",
    ) -> TutorApp:
        shelf: Any = library or PlaygroundLibrary()

        def converse(settings: Settings, library: Any, store: Store, session: str) -> Any:
            return ScriptedConversation(script, store, session)

        app = TutorApp(
            Settings(home=home, theme=theme), lambda: shelf, store, converse, session, course=course
        )
        made.append(app)
        return app

    yield make
    for app in made:
        app.close()


@pytest.fixture
def known_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measuring the machine takes seconds and a process; the plan is the engine's own."""
    from tools.engine.calibrate import Machine

    machine = Machine("cpu", "cpu (2 threads)", False, 1.0, 0.0)
    monkeypatch.setattr("tools.engine.plan.measure_machine", lambda home, device: machine)


@pytest.fixture
def write(home: Path, known_machine: None) -> Iterator[Callable[..., WrittenRun]]:
    """Runs as the engine leaves them on the disk; those that are live end with the test."""
    written: list[WrittenRun] = []

    def make(lab: str = "linear-classifier", **more: Any) -> WrittenRun:
        written.append(WrittenRun(home, lab, **more))
        return written[-1]

    yield make
    for run in written:
        run.close()
