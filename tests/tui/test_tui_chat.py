"""Asking, streaming, stopping, failing and scrolling."""

from __future__ import annotations

import threading

import pytest
from playground import (
    ANSWER,
    SOURCES,
    Gate,
    PlaygroundLibrary,
    answer,
    ask,
    ready,
    screen_text,
    scripted,
    shown,
    until,
)
from textual.widgets import Markdown

from knowledge.progress import Progress
from tutor.agent.events import Answered, AnswerRestarted, Notice, SourcesFound, Token
from tutor.errors import ModelError

pytestmark = pytest.mark.asyncio
LONG = "\n\n".join(f"Paragraph {n} of a long answer." for n in range(60))


async def test_an_answer_streams_in_before_it_is_whole(make_app):
    gate = Gate()
    app = make_app(
        [
            SourcesFound(SOURCES),
            Token("The first words"),
            gate,
            Token(" and the rest."),
            Answered(answer("The first words and the rest.")),
        ]
    )
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        app.main.composer.input.put("Why?")
        await pilot.press("enter")
        await until(pilot, lambda: "The first words" in screen_text(app))
        assert app.main.chat.is_answering
        assert "and the rest" not in screen_text(app)
        gate.open()
        await until(pilot, lambda: "The first words and the rest." in screen_text(app))
        assert "guide · 0.8 s" in screen_text(app)


async def test_a_question_waits_until_the_course_can_be_searched(make_app):
    library = PlaygroundLibrary(progress=(Progress("Indexing", 40, 80, "course"),))
    library.gate = threading.Event()
    app = make_app(library=library)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "Indexing" in shown(app.main.status))
        app.main.composer.input.put("Why?")
        await pilot.press("enter")
        await until(pilot, lambda: app.main.chat.is_answering)
        await pilot.pause(0.3)
        assert app.main.chat.is_answering, "an answer came before there was anything to find it in"
        library.gate.set()
        await until(pilot, lambda: not app.main.chat.is_answering)
        assert app.main.chat.log_view.turns[-1].query(".meta")


async def test_a_question_waits_for_the_course_only_not_for_all_material(make_app):
    library = PlaygroundLibrary(progress=(Progress("Encoding", 0, 9_000),))
    library.gate = threading.Event()
    app = make_app(library=library)
    async with app.run_test(size=(100, 30)) as pilot:
        turn = await ask(pilot)
        assert turn.query(".meta"), "the answer came while other material was still being encoded"
        library.gate.set()


async def test_code_tables_and_formulas_are_shown_readable(make_app):
    app = make_app()
    async with app.run_test(size=(110, 50)) as pilot:
        await ready(pilot)
        await ask(pilot)
        text = screen_text(app)
        assert "z = wᵀx + b" in text
        assert "σ(z) = ─────────" in text
        assert "def predict(weights, features):" in text
        assert "│ feature" in text
        assert "$" not in text
        assert "[1]" in text


async def test_the_streamed_markdown_equals_the_markdown_shown_at_once(make_app):
    app = make_app()
    async with app.run_test(size=(110, 50)) as pilot:
        await ready(pilot)
        turn = await ask(pilot)
        streamed = shown(turn)
        await turn.query_one(Markdown).update(turn.query_one(Markdown).source)
        await pilot.pause()
        assert shown(turn) == streamed


async def test_escape_stops_at_once_and_keeps_what_came(make_app, store):
    gate = Gate()
    app = make_app([Token("What came so far."), gate, Token(" Never shown.")])
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        app.main.composer.input.put("Why?")
        await pilot.press("enter")
        await until(pilot, lambda: "What came so far." in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: "stopped" in screen_text(app))
        assert not app.main.chat.is_answering
        assert "What came so far." in screen_text(app)
        gate.open()
        await pilot.pause(0.1)
        assert "Never shown" not in screen_text(app)
        await until(pilot, lambda: store.turns("today")[-1].state == "stopped")


async def test_the_next_question_can_be_asked_right_after_a_stop(make_app):
    def script(question):
        return [Token("slow"), Gate()] if question == "one" else scripted("The second answer.", ())

    app = make_app(script)
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        app.main.composer.input.put("one")
        await pilot.press("enter")
        await until(pilot, lambda: "slow" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: not app.main.chat.is_answering)
        await ask(pilot, "two")
        assert "The second answer." in screen_text(app)


async def test_while_an_answer_comes_in_the_next_question_waits_in_the_input(make_app):
    app = make_app([Token("slow"), Gate()])
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        app.main.composer.input.put("one")
        await pilot.press("enter")
        await until(pilot, lambda: app.main.chat.is_answering)
        app.main.composer.input.put("two")
        await pilot.press("enter")
        await pilot.pause()
        assert app.main.composer.input.text == "two"
        assert len(app.main.chat.log_view.turns) == 1


async def test_a_failure_is_a_calm_panel_and_the_question_comes_back(make_app):
    app = make_app([ModelError("The server refused the connection.", help="Start it first.", retryable=True)])
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await ask(pilot, "Why?")
        text = screen_text(app)
        assert "The model did not answer" in text
        assert "The server refused the connection." in text
        assert "Start it first." in text
        assert "Traceback" not in text
        assert app.main.composer.input.text == "Why?"


async def test_r_on_a_problem_asks_again(make_app):
    tries = []

    def script(question):
        tries.append(question)
        return [ModelError("Not now.", retryable=True)] if len(tries) == 1 else scripted("It works now.", ())

    app = make_app(script)
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        turn = await ask(pilot, "Why?")
        turn.query_one("ProblemPanel").focus()
        await pilot.press("r")
        await until(pilot, lambda: "It works now." in screen_text(app))
        assert tries == ["Why?", "Why?"]
        assert app.main.composer.input.text == ""


async def test_an_unforeseen_error_kills_neither_the_app_nor_the_question(make_app):
    app = make_app([Token("Begun"), ZeroDivisionError("inside")])
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await ask(pilot, "Why?")
        assert app.is_running
        assert "Begun" in screen_text(app)
        assert "ZeroDivisionError" in screen_text(app)
        assert app.main.composer.input.text == "Why?"


async def test_an_answer_that_begins_again_replaces_what_came(make_app):
    final = answer("The Guide says this.", (), model="guide")
    app = make_app(
        [
            Token("Half a sentence of the mod"),
            AnswerRestarted(),
            Notice("The model went away", "The Guide answers instead.", ""),
            Token("The Guide says this."),
            Answered(final),
        ]
    )
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await ask(pilot)
        text = screen_text(app)
        assert "Half a sentence" not in text
        assert "The Guide answers instead." in text
        assert "The Guide says this." in text


async def test_a_last_word_that_differs_from_the_stream_is_what_stays(make_app):
    app = make_app([Token("With a false source [9]."), Answered(answer("With a false source.", ()))])
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await ask(pilot)
        assert "With a false source." in screen_text(app)
        assert "[9]" not in screen_text(app)


async def test_an_answer_that_the_material_does_not_cover_says_so(make_app):
    app = make_app(
        [
            Token("The course does not cover this."),
            Answered(answer("The course does not cover this.", (), answered=False)),
        ]
    )
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await ask(pilot)
        assert "not covered by the material" in screen_text(app)


async def test_scrolling_up_while_it_streams_stays_put_and_end_goes_down(make_app):
    gate = Gate()
    half, rest = LONG[: len(LONG) // 2], LONG[len(LONG) // 2 :]
    app = make_app([Token(half), gate, Token(rest), Answered(answer(LONG, ()))])
    async with app.run_test(size=(100, 24)) as pilot:
        await ready(pilot)
        app.main.composer.input.put("Why?")
        await pilot.press("enter")
        log = app.main.chat.log_view
        await until(pilot, lambda: log.max_scroll_y > 20)
        log.follow()
        await until(pilot, lambda: log.scroll_offset.y >= log.max_scroll_y - 1)
        log.scroll_to(y=7, animate=False)
        await until(pilot, lambda: log.scroll_offset.y == 7)
        gate.open()
        await until(pilot, lambda: not app.main.chat.is_answering)
        await pilot.pause(0.2)
        assert log.scroll_offset.y == 7
        assert "more below" in screen_text(app)
        await pilot.press("end")
        await until(pilot, lambda: log.scroll_offset.y == log.max_scroll_y)
        assert "Paragraph 59" in screen_text(app)


async def test_at_the_bottom_the_view_follows_the_stream(make_app):
    gate = Gate()
    half, rest = LONG[: len(LONG) // 2], LONG[len(LONG) // 2 :]
    app = make_app([Token(half), gate, Token(rest), Answered(answer(LONG, ()))])
    async with app.run_test(size=(100, 24)) as pilot:
        await ready(pilot)
        app.main.composer.input.put("Why?")
        await pilot.press("enter")
        log = app.main.chat.log_view
        await until(pilot, lambda: log.max_scroll_y > 20)
        await pilot.press("end")
        await until(pilot, lambda: log.scroll_offset.y == log.max_scroll_y)
        gate.open()
        await until(pilot, lambda: "Paragraph 59" in screen_text(app))


async def test_a_long_answer_is_left_at_its_question_for_reading(make_app):
    app = make_app(lambda question: scripted(LONG, ()))
    async with app.run_test(size=(100, 24)) as pilot:
        await ready(pilot)
        await ask(pilot, "The first one?")
        await ask(pilot, "The second one?")
        await pilot.pause(0.2)
        assert "The second one?" in screen_text(app)
        assert "Paragraph 0 " in screen_text(app)


async def test_the_answer_is_copied_as_markdown(make_app):
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await ask(pilot)
        await pilot.press("f5")
        await until(pilot, lambda: app.clipboard == ANSWER)


async def test_selected_text_is_copied_with_ctrl_c(make_app):
    app = make_app(scripted("Words to be selected.", ()))
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        turn = await ask(pilot)
        paragraph = turn.query_one("MarkdownParagraph")
        await pilot.mouse_down(paragraph, offset=(0, 0))
        await pilot.hover(paragraph, offset=(5, 0))
        await pilot.mouse_up(paragraph, offset=(5, 0))
        await pilot.pause()
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app.clipboard.startswith("Words"))
        assert app.is_running


async def test_an_example_question_is_asked_by_key_and_by_mouse(make_app):
    asked = []

    def script(question):
        asked.append(question)
        return scripted("Yes.", ())

    app = make_app(script)
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("up", "2")
        await until(pilot, lambda: len(asked) == 1)
        await until(pilot, lambda: not app.main.chat.is_answering)
        app.open_session(None)
        await until(pilot, lambda: bool(app.main.query("Examples")))
        await pilot.click("Examples", offset=(8, 0))
        await until(pilot, lambda: len(asked) == 2)
    assert asked == ["How do supervised and self-supervised learning differ?", "What is machine learning?"]
