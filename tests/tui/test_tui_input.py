"""Writing questions and commands."""

from __future__ import annotations

import pytest
from playground import ask, ready, screen_text, scripted, until
from textual import events

from tutor.tui.screens.help import HelpScreen

pytestmark = pytest.mark.asyncio


async def test_enter_sends_and_ctrl_j_or_shift_enter_begins_a_line(make_app):
    asked = []

    def script(question):
        asked.append(question)
        return scripted("Yes.", ())

    app = make_app(script)
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("a", "ctrl+j", "b", "shift+enter", "c", "enter")
        await until(pilot, lambda: asked == ["a\nb\nc"])
        await until(pilot, lambda: app.main.composer.input.text == "")


async def test_up_recalls_questions_also_from_before_the_start(make_app):
    app = make_app(lambda question: scripted("Yes.", ()))
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await ask(pilot, "first question")
    app = make_app(lambda question: scripted("Yes.", ()))
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: len(app.main.chat.log_view.turns) == 1)
        await ask(pilot, "second question")
        box = app.main.composer.input
        await pilot.press("d", "r", "a", "f", "t", "up")
        assert box.text == "second question"
        await pilot.press("up")
        assert box.text == "first question"
        await pilot.press("up")
        assert box.text == "first question"
        await pilot.press("down", "down")
        assert box.text == "draft"


async def test_up_inside_a_long_question_moves_the_cursor(make_app):
    app = make_app(lambda question: scripted("Yes.", ()))
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await ask(pilot, "earlier")
        box = app.main.composer.input
        box.put("one\ntwo")
        await pilot.press("up")
        assert box.text == "one\ntwo"
        assert box.cursor_location[0] == 0


async def test_slash_offers_commands_and_tab_completes(make_app):
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("slash", "t")
        assert "/theme" in screen_text(app)
        await pilot.press("tab")
        assert app.main.composer.input.text == "/theme "
        assert "dracula" in screen_text(app)
        await pilot.press("n", "o", "tab")
        assert app.main.composer.input.text == "/theme nord"


async def test_enter_in_the_list_runs_the_marked_command(make_app):
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("slash", "h", "enter")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert app.main.composer.input.text == ""


async def test_a_command_can_be_chosen_with_the_mouse(make_app):
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("slash", "h")
        await pilot.click("#completions", offset=(4, 0))
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))


async def test_escape_puts_the_list_away_and_keeps_the_text(make_app):
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("slash", "escape")
        assert "/sessions" not in screen_text(app)
        assert app.main.composer.input.text == "/"


async def test_only_commands_that_are_possible_are_offered(make_app):
    app = make_app()
    async with app.run_test(size=(100, 40)) as pilot:
        await ready(pilot)
        await pilot.press("slash")
        assert "/export" not in screen_text(app)
        await pilot.press("escape", "backspace")
        await ask(pilot)
        await pilot.press("slash", "e")
        assert "/export" in screen_text(app)


async def test_an_unknown_command_is_not_sent_and_stays(make_app):
    app = make_app()
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await ready(pilot)
        app.main.composer.input.put("/nonsense")
        await pilot.press("enter")
        await until(pilot, lambda: "There is no command /nonsense" in screen_text(app))
        assert not app.main.chat.log_view.turns
        assert app.main.composer.input.text == "/nonsense"


async def test_pasted_lines_stay_one_question(make_app):
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        lines = "\n".join(f"line {n}" for n in range(400))
        app.main.composer.input.post_message(events.Paste("\x1b[31m" + lines + "\r\nend"))
        await until(pilot, lambda: app.main.composer.input.text.endswith("end"))
        assert not app.main.chat.log_view.turns
        assert app.main.composer.input.text.count("\n") == 400
        assert "\x1b" not in app.main.composer.input.text
        assert app.main.composer.input.size.height <= 8


async def test_blanks_are_not_sent(make_app):
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("space", "ctrl+j", "enter")
        await pilot.pause()
        assert not app.main.chat.log_view.turns


async def test_paths_complete_after_ingest(make_app, tmp_path):
    (tmp_path / "notes.md").write_text("# Notes")
    app = make_app()
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await ready(pilot)
        app.main.composer.input.put(f"/ingest {tmp_path}/no")
        await pilot.pause()
        await pilot.press("tab")
        assert app.main.composer.input.text == f"/ingest {tmp_path}/notes.md"
        await pilot.press("enter")
        await until(pilot, lambda: "Your material" in screen_text(app))
        assert app.library.ingested == [tmp_path / "notes.md"]
