"""How every screen looks, at 100 by 30 and at 60 by 20.

After a wanted change: `pytest tests/tui/test_tui_snapshots.py --snapshot-update`, and look at the pictures.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from playground import PlaygroundLibrary, Token, answer, ask, ready, scripted, until
from textual.command import CommandPalette
from textual.widgets import Input

from knowledge.library import Progress
from tutor.errors import ModelError
from tutor.tui.widgets.chat.composer import QuestionInput
from tutor.tui.widgets.chat.welcome import Welcome

SIZES = pytest.mark.parametrize("size", [(100, 30), (60, 20)], ids=["100x30", "60x20"])


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing blinks or dates."""
    monkeypatch.setattr(QuestionInput, "cursor_blink", False)
    monkeypatch.setattr("tutor.store._now", lambda: "2026-11-21T09:00:00+00:00")


def asked(*keys: str, question: str = "How does a linear classifier decide?") -> Callable[[Any], Any]:
    async def play(pilot: Any) -> None:
        await ready(pilot)
        await ask(pilot, question)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.05)
        await pilot.pause(0.1)

    return play


def pressed(*keys: str) -> Callable[[Any], Any]:
    async def play(pilot: Any) -> None:
        await ready(pilot)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.05)
        await pilot.pause(0.1)

    return play


async def with_palette(pilot: Any) -> None:
    """The palette, once no further command joins its list."""
    await pressed("ctrl+p")(pilot)
    group = CommandPalette._GATHER_COMMANDS_GROUP
    await pilot.app.workers.wait_for_complete([each for each in pilot.app.workers if each.group == group])
    field = pilot.app.screen.query_one(Input)
    field.cursor_blink, field._cursor_visible = False, True
    await pilot.pause(0.3)


@SIZES
def test_the_welcome(snap_compare, make_app, size):
    assert snap_compare(make_app(), terminal_size=size, run_before=pressed())


@SIZES
def test_an_answer_with_its_sources(snap_compare, make_app, size):
    assert snap_compare(make_app(), terminal_size=size, run_before=asked())


def test_all_three_panels(snap_compare, make_app):
    assert snap_compare(make_app(), terminal_size=(150, 42), run_before=asked())


@SIZES
def test_the_sources_with_the_focus(snap_compare, make_app, size):
    assert snap_compare(make_app(), terminal_size=size, run_before=asked("f3"))


@SIZES
def test_the_course_with_the_focus(snap_compare, make_app, size):
    assert snap_compare(make_app(), terminal_size=size, run_before=pressed("f2", "down"))


@SIZES
def test_the_reading_view_of_a_source(snap_compare, make_app, size):
    assert snap_compare(make_app(), terminal_size=size, run_before=asked("f3", "2"))


@SIZES
def test_the_sessions(snap_compare, make_app, size):
    assert snap_compare(make_app(), terminal_size=size, run_before=asked("f4"))


def test_the_question_before_deleting(snap_compare, make_app):
    assert snap_compare(make_app(), terminal_size=(100, 30), run_before=asked("f4", "d"))


@SIZES
def test_the_help(snap_compare, make_app, size):
    assert snap_compare(make_app(), terminal_size=size, run_before=pressed("f1"))


@SIZES
def test_the_slash_commands(snap_compare, make_app, size):
    assert snap_compare(make_app(), terminal_size=size, run_before=pressed("slash"))


@SIZES
def test_the_palette(snap_compare, make_app, size):
    assert snap_compare(make_app(), terminal_size=size, run_before=with_palette)


def test_the_themes(snap_compare, make_app):
    assert snap_compare(make_app(), terminal_size=(100, 30), run_before=pressed(*"/theme", "escape", "enter"))


def test_the_light_theme(snap_compare, make_app):
    assert snap_compare(make_app(theme="tutor-light"), terminal_size=(100, 30), run_before=asked())


@SIZES
def test_a_problem(snap_compare, make_app, size):
    script = [
        Token("It begins well."),
        ModelError("The server at localhost:11434 refused the connection.", help="Start it.", retryable=True),
    ]
    assert snap_compare(make_app(script), terminal_size=size, run_before=asked())


def test_an_answer_that_is_not_covered(snap_compare, make_app):
    text = "The course does not cover this. Nearest to it are *Training* and *Kinds of learning*."
    script = scripted(text, ())[:-1]
    from tutor.agent.events import Answered

    script.append(Answered(answer(text, (), answered=False)))
    assert snap_compare(make_app(script), terminal_size=(100, 30), run_before=asked())


def test_the_index_being_built(snap_compare, make_app):
    library = PlaygroundLibrary(progress=(Progress("Building the index", 120, 400, ""),))
    library.gate = threading.Event()

    async def play(pilot: Any) -> None:
        app = pilot.app
        await until(pilot, lambda: bool(app.main.course.places))
        await until(pilot, lambda: app.main.status.has_class("-indexing"))
        await until(pilot, lambda: all(each.is_read for each in app.main.query(Welcome)))
        await pilot.pause(0.3)
        threading.Timer(1.0, library.gate.set).start()

    assert snap_compare(make_app(library=library), terminal_size=(100, 30), run_before=play)


def test_japanese_keeps_its_columns(snap_compare, make_app):
    text = "線形分類器は特徴量に重みを掛けて足し合わせ、その符号で決める [1]。"
    assert snap_compare(
        make_app(scripted(text)), terminal_size=(100, 30), run_before=asked(question="線形分類器とは何ですか")
    )
