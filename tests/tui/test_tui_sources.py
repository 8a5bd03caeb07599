"""Sources and the reading view."""

from __future__ import annotations

import pytest
from playground import PlaygroundLibrary, answer, ask, ready, screen_text, scripted, shown, source, until

from tutor.agent.events import Answered, SourcesFound, Token
from tutor.tui.screens.reading import ReadingScreen

pytestmark = pytest.mark.asyncio
HOSTILE = "[red]x[/nope] [@click=app.quit]go[/] \x1b[31mred\x1b[0m"


def is_reading(app):
    return isinstance(app.screen, ReadingScreen) and bool(app.screen.query("CourseMarkdown"))


async def test_the_sources_of_an_answer_are_listed_with_their_places(make_app):
    app = make_app()
    async with app.run_test(size=(130, 40)) as pilot:
        await ready(pilot)
        await ask(pilot)
        text = shown(app.main.sources)
        assert "Sources · 3" in text
        assert "lecture-03.ipynb" in text
        assert "cell 12" in text
        assert "L = 1/n ∑ᵢ ℓᵢ" in text


async def test_a_number_opens_the_section_scrolled_to_the_marked_quote(make_app):
    sources = (source(9), source(2))
    app = make_app(scripted("As it says [9].", sources))
    async with app.run_test(size=(100, 24)) as pilot:
        await ready(pilot)
        await ask(pilot)
        await pilot.press("f3", "9")
        await until(pilot, lambda: is_reading(app))
        quoted = app.screen.query_one(".-quoted")
        await until(pilot, lambda: app.screen.query_one("#page").scroll_offset.y > 0)
        assert "Passage 9." in shown(quoted)
        assert "w₉²" in screen_text(app)
        assert "Text classification › A linear classifier" in screen_text(app)
        assert len(app.screen.query(".-quoted")) == 1
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)


async def test_a_citation_in_the_answer_opens_its_source_by_mouse(make_app):
    app = make_app(scripted("[2] says so.", (source(1), source(2))))
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        turn = await ask(pilot)
        await pilot.click(turn.query_one("MarkdownParagraph"), offset=(1, 0))
        await until(pilot, lambda: is_reading(app))
        assert "Passage 2." in shown(app.screen.query_one(".-quoted"))


async def test_n_and_p_go_through_the_sources(make_app):
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await ask(pilot)
        await pilot.press("f3", "1")
        await until(pilot, lambda: is_reading(app))
        await pilot.press("n")
        await until(pilot, lambda: "2 of 3" in screen_text(app))
        await pilot.press("p")
        await until(pilot, lambda: "1 of 3" in screen_text(app))


async def test_a_source_that_is_gone_still_shows_what_was_quoted(make_app):
    app = make_app(scripted("So [1].", (source(1, passage_id="gone", quote="The words that were quoted."),)))
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await ask(pilot)
        await pilot.press("f3", "enter")
        await until(pilot, lambda: is_reading(app))
        assert "no longer indexed" in screen_text(app)
        assert "The words that were quoted." in screen_text(app)


async def test_asking_about_a_section_begins_a_question(make_app):
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await ask(pilot)
        await pilot.press("f3", "1")
        await until(pilot, lambda: is_reading(app))
        await pilot.press("a")
        await until(pilot, lambda: app.main.composer.input.text.startswith("In “A linear classifier”"))
        assert app.focused is app.main.composer.input


async def test_an_older_answer_brings_its_own_sources_back(make_app):
    def script(question):
        return scripted(f"About {question}", (source(1, title=f"Book of {question}"),))

    app = make_app(script)
    async with app.run_test(size=(130, 30)) as pilot:
        await ready(pilot)
        await ask(pilot, "one")
        await ask(pilot, "two")
        assert "Book of two" in shown(app.main.sources)
        app.main.chat.log_view.focus()
        await pilot.press("p", "p")
        await until(pilot, lambda: "Book of one" in shown(app.main.sources))


async def test_hostile_titles_and_quotes_are_shown_as_they_are(make_app):
    hostile = source(1, title=HOSTILE, section=HOSTILE, location=HOSTILE, quote=HOSTILE)
    app = make_app(
        [
            SourcesFound((hostile,)),
            Token(f"It says {HOSTILE} [1]."),
            Answered(answer(f"It says {HOSTILE} [1].", (hostile,))),
        ],
        library=PlaygroundLibrary(title=HOSTILE),
    )
    async with app.run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        await ask(pilot, HOSTILE)
        text = screen_text(app)
        assert "[red]x[/nope]" in text
        assert "[@click=app.quit]go[/]" in text
        assert "\x1b" not in text
        await pilot.press("f3", "1")
        await until(pilot, lambda: is_reading(app))
        assert "[red]x[/nope]" in screen_text(app)
        await pilot.press("escape", "f4")
        await until(pilot, lambda: "1 question" in screen_text(app))
        assert "[red]x[/nope]" in screen_text(app)
        assert app.is_running


async def test_wide_characters_keep_the_columns(make_app):
    japanese = "線形分類器は特徴量に重みを掛けて足し合わせる。" * 4
    wide = source(1, title="機械学習入門", section="第二章 > 線形分類器", quote=japanese)
    app = make_app(scripted(f"{japanese} [1]", (wide,)))
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await ask(pilot, "線形分類器とは何ですか")
        for strip in app.screen._compositor.render_strips():
            assert strip.cell_length == 100
        assert "機械学習入門" in screen_text(app)
        edges = {strip.text.rstrip()[-1:] for strip in app.screen._compositor.render_strips()[1:20]}
        assert edges == {"│"}
