"""Sessions: what was asked before comes back, and can be opened, exported and deleted."""

from __future__ import annotations

import pytest
from playground import SOURCES, answer, ask, ready, screen_text, scripted, shown, until

from tutor.tui.screens.sessions import SessionsScreen

pytestmark = pytest.mark.asyncio


def told(name):
    def script(question):
        return scripted(f"{name} answers {question}.", ())

    return script


async def test_reopening_shows_earlier_turns_with_their_sources(make_app, store):
    store.session("today")
    store.finish_turn(store.start_turn("today", "What was it?"), answer("It was this [1].", SOURCES), "done")
    app = make_app()
    async with app.run_test(size=(130, 30)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: "It was this" in screen_text(app))
        assert "What was it?" in screen_text(app)
        assert "Sources · 3" in shown(app.main.sources)


async def test_an_interrupted_turn_is_shown_as_such_and_can_be_asked_again(make_app, store, monkeypatch):
    store.session("today")
    store.start_turn("today", "Cut off?")
    monkeypatch.setattr("tutor.store.is_alive", lambda process: False)
    asked = []

    def script(question):
        asked.append(question)
        return scripted("Now whole.", ())

    app = make_app(script)
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: "interrupted" in screen_text(app))
        labels = [label for label in app.main.query("ActionLabel") if label.action_name == "again"]
        await pilot.click(labels[0])
        await until(pilot, lambda: asked == ["Cut off?"])


async def test_many_earlier_turns_come_in_portions(make_app, store):
    store.session("today")
    for n in range(30):
        store.finish_turn(store.start_turn("today", f"Question {n}?"), answer(f"Answer {n}.", ()), "done")
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: "Answer 29." in screen_text(app))
        log = app.main.chat.log_view
        assert len(log.turns) == 12
        log.action_earlier()
        await until(pilot, lambda: len(log.turns) == 24)
        log.action_earlier()
        await until(pilot, lambda: len(log.turns) == 30)
        assert [turn.question for turn in log.turns] == [f"Question {n}?" for n in range(30)]


async def test_sessions_can_be_opened_begun_and_deleted(make_app, store):
    store.session("older")
    store.finish_turn(store.start_turn("older", "An old question?"), answer("An old answer.", ()), "done")
    app = make_app(told("It"))
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "new")
        await pilot.press("f4")
        await until(pilot, lambda: "An old question?" in screen_text(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "An old answer." in screen_text(app))
        assert app.session == "older"

        await pilot.press("f4")
        await until(
            pilot,
            lambda: (
                isinstance(app.screen, SessionsScreen)
                and app.screen.query_one("OptionList").option_count == 2
            ),
        )
        await pilot.press("down", "d")
        await until(pilot, lambda: "Delete “" in screen_text(app))
        await pilot.press("n")
        assert store.has_session("older")
        await pilot.press("d")
        await until(pilot, lambda: "Delete “" in screen_text(app))
        await pilot.press("y")
        await until(pilot, lambda: not store.has_session("older"))
        await until(pilot, lambda: app.session != "older")
        await pilot.press("escape")
        await until(pilot, lambda: "An old answer." not in screen_text(app))
        assert store.has_session("today")


async def test_a_session_is_exported_as_markdown_and_never_overwritten(make_app, tmp_path):
    app = make_app(told("It"))
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "why")
        for name in ("tutor-today.md", "tutor-today-2.md"):
            app.main.composer.input.put("/export ")
            await pilot.press("escape", "enter")
            await until(pilot, (tmp_path / name).exists)
        assert "## why" in (tmp_path / "tutor-today.md").read_text()
        assert "It answers why." in (tmp_path / "tutor-today.md").read_text()
        (tmp_path / "mine.md").write_text("precious")
        app.main.composer.input.put("/export mine.md")
        await pilot.press("escape", "enter")
        await until(pilot, lambda: "exists already" in screen_text(app))
        assert (tmp_path / "mine.md").read_text() == "precious"


async def test_a_new_session_starts_empty_and_the_old_one_stays(make_app, store):
    app = make_app(told("It"))
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await ask(pilot, "why")
        await pilot.press("ctrl+n")
        await until(pilot, lambda: app.session != "today" and "Begin with a question" in screen_text(app))
        assert [turn.question for turn in store.turns("today")] == ["why"]
