"""How the lab screens and cards look, at 80 by 24 and wider.

After a wanted change: `pytest tests/tui/test_tui_lab_snapshots.py --snapshot-update`, and look at the pictures.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from lab_runs import WrittenRun
from playground import ask, ready, screen_text, scripted, until
from test_tui_lab_cards import proposal

from tutor.tui.labs.opening import set_up, show_labs, show_run
from tutor.tui.widgets.chat.composer import QuestionInput
from tutor.tui.widgets.chat.proposal import ProposalCard
from tutor.tui.widgets.chat.run_card import RunCard

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
Play = Callable[[Any], Awaitable[None]]


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, known_machine: None) -> None:
    """Nothing blinks, dates, or depends on the machine."""
    monkeypatch.setattr(QuestionInput, "cursor_blink", False)
    monkeypatch.setattr("textual.widgets.Input.cursor_blink", False)
    monkeypatch.setattr("tutor.tui.labs.rows.ago", lambda created: "2 min ago")
    monkeypatch.setattr("tutor.tui.labs.labs_screen.ago", lambda created: "2 min ago")
    monkeypatch.setattr("tutor.store._now", lambda: "2026-11-21T09:00:00+00:00")
    monkeypatch.setenv("HOME", str(tmp_path))


def classified(write: Callable[..., WrittenRun]) -> WrittenRun:
    run = write()
    run.curve(40)
    run.shows()
    return run.done(accuracy=0.851, macro_f1=0.8493)


def opened(run: WrittenRun, words: str, *keys: str) -> Play:
    async def play(pilot: Any) -> None:
        app = await ready(pilot)
        show_run(app, run.id)
        await until(pilot, lambda: words in screen_text(app))
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.3)
        await pilot.pause(0.3)

    return play


@SIZES
def test_the_labs_and_runs(snap_compare, make_app, write, size):
    classified(write)
    write("two-circles").failed()

    async def play(pilot: Any) -> None:
        app = await ready(pilot)
        show_labs(app)
        await until(pilot, lambda: "accuracy 0.851" in screen_text(app) and "You see" in screen_text(app))

    assert snap_compare(make_app(), terminal_size=size, run_before=play)


def test_a_form(snap_compare, make_app):
    async def play(pilot: Any) -> None:
        app = await ready(pilot)
        set_up(app, "two-circles", {"hidden": "many"})
        await until(pilot, lambda: "hidden cannot be used like that" in screen_text(app))

    assert snap_compare(make_app(), terminal_size=(80, 24), run_before=play)


@SIZES
def test_a_live_run(snap_compare, make_app, write, size):
    run = write("two-circles", live=True)
    run.event("log", text="Loading PyTorch ...")
    run.curve(30)
    grid = {"row_labels": [], "column_labels": [], "low": 0, "high": 1}
    for turn in (1, 2):
        values = [[((x - 9) ** 2 + (y - 9) ** 2) / 162 / turn for x in range(20)] for y in range(20)]
        run.artifact("border", "heatmap", {**grid, "values": values}, "Probability of the ring")
    run.progress(30, 80, 72)
    assert snap_compare(make_app(), terminal_size=size, run_before=opened(run, "step 30 of 80"))


@SIZES
def test_a_result(snap_compare, make_app, write, size):
    assert snap_compare(make_app(), terminal_size=size, run_before=opened(classified(write), "scattertext"))


def test_two_runs_compared(snap_compare, make_app, write):
    other = write(ngrams=2)
    other.curve(40, slower=1.6)
    other.done(accuracy=0.862, macro_f1=0.86)
    run = classified(write)
    play = opened(run, "scattertext", "v", "enter", "down")
    assert snap_compare(make_app(), terminal_size=(120, 36), run_before=play)


def test_the_question_on_leaving(snap_compare, make_app, write):
    run = write(live=True)

    async def play(pilot: Any) -> None:
        app = await ready(pilot)
        await until(pilot, lambda: f"lab: {run.id}" in screen_text(app))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: "still running" in screen_text(app))

    assert snap_compare(make_app(), terminal_size=(80, 24), run_before=play)


def test_cards_in_the_conversation(snap_compare, make_app, write):
    run = write(live=True)
    run.curve(30)
    run.progress(30, 80, 72)

    async def play(pilot: Any) -> None:
        app = await ready(pilot)
        turn = await ask(pilot, "Train the linear classifier with bigrams on 2,000 reviews")
        await turn.add_card(ProposalCard(proposal()))
        await turn.add_card(RunCard(run.id))
        await until(pilot, lambda: "step 30 of 80" in screen_text(app))
        await until(pilot, lambda: f"lab: {run.id} 38%" in screen_text(app))

    app = make_app(scripted("That takes a few seconds. Shall I?", ()))
    assert snap_compare(app, terminal_size=(100, 36), run_before=play)
