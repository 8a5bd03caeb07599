"""Side panels, the focus, narrow terminals, help, palette and colours."""

from __future__ import annotations

import pytest
from playground import COURSE, PlaygroundCourse, PlaygroundLibrary, ask, ready, screen_text, shown, until

from tutor.settings import load_settings
from tutor.tui.commands import COMMANDS
from tutor.tui.screens.help import HelpScreen
from tutor.tui.screens.reading import ReadingScreen

pytestmark = pytest.mark.asyncio


async def test_the_course_is_a_tree_that_opens_sections_for_reading(make_app):
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        assert "How LLMs are trained" in shown(app.main.course)
        await pilot.press("f2", "down", "down", "enter")
        await until(
            pilot, lambda: isinstance(app.screen, ReadingScreen) and "with xᵢ and code" in screen_text(app)
        )
        assert "Learning from data" in screen_text(app)
        await pilot.press("n")
        await until(pilot, lambda: "Kinds of learning" in screen_text(app))


async def test_collections_stand_below_the_course_with_their_headings(make_app):
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        tree = app.main.course.query_one("CourseTree")
        tree.root.expand_all()
        await pilot.pause()
        text = shown(app.main.course)
        assert text.index("Neural networks") < text.index("mine") < text.index("Text class")


async def test_at_60_by_20_panels_lie_over_the_chat_and_fold_away(make_app):
    app = make_app()
    async with app.run_test(size=(60, 20)) as pilot:
        await ready(pilot)
        assert not app.main.is_open("course")
        await ask(pilot)
        assert not app.main.is_open("sources")
        await pilot.press("f3")
        assert "Sources · 3" in screen_text(app)
        await pilot.press("escape")
        assert not app.main.is_open("sources")
        assert app.focused is app.main.composer.input
        await pilot.press("f2")
        assert "Neural networks" in screen_text(app)
        await pilot.press("f3")
        assert not app.main.is_open("course")
        for strip in app.screen._compositor.render_strips():
            assert strip.cell_length == 60


async def test_resizing_folds_and_unfolds_the_panels(make_app):
    app = make_app()
    async with app.run_test(size=(150, 40)) as pilot:
        await ready(pilot)
        assert app.main.is_open("course")
        assert app.main.is_open("sources")
        await pilot.resize_terminal(60, 20)
        await until(pilot, lambda: not app.main.is_open("course") and not app.main.is_open("sources"))
        assert "Ask about machine learning" in screen_text(app)
        await pilot.resize_terminal(150, 40)
        await until(pilot, lambda: app.main.is_open("course") and app.main.is_open("sources"))


async def test_tab_goes_round_the_panels(make_app):
    app = make_app()
    async with app.run_test(size=(150, 40)) as pilot:
        await ready(pilot)
        await ask(pilot)
        seen = []
        for _ in range(4):
            await pilot.press("tab")
            seen.append(type(app.focused).__name__)
        assert set(seen) == {"SourceList", "CourseTree", "ChatLog", "QuestionInput"}
        await pilot.press("shift+tab")
        assert type(app.focused).__name__ == "ChatLog"


async def test_help_is_made_of_the_panels_own_words_and_keys(make_app):
    app = make_app()
    async with app.run_test(size=(100, 200)) as pilot:
        await ready(pilot)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen) and "Commands" in screen_text(app))
        text = screen_text(app)
        for words in ("The input", "Sources", "Course and collections", "The conversation", "/ingest PATH"):
            assert words in text
        assert "Shift+Enter" in text
        assert text.index("The input") < text.index("The conversation")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)


async def test_every_binding_has_an_id_and_a_tooltip(make_app):
    app = make_app()
    async with app.run_test(size=(150, 40)) as pilot:
        await ready(pilot)
        ids = []
        for node in [app, app.main, *app.main.walk_children()]:
            for binding in type(node).__dict__.get("BINDINGS", []):
                if type(node).__module__.startswith("tutor"):
                    assert binding.id, binding
                    assert binding.tooltip, binding
                    ids.append(binding.id)
        assert len(set(ids)) == len(ids) > 20


async def test_the_palette_offers_what_is_possible_now(make_app):
    app = make_app()
    async with app.run_test(size=(100, 50)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "settings: theme" in screen_text(app))
        assert "session: export" not in screen_text(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        await ask(pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "session: export" in screen_text(app))
        await pilot.press(*"app: help", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))


async def test_every_command_has_help_and_a_name_with_its_group(make_app):
    for command in COMMANDS:
        assert command.help
        assert command.palette_name.count(": ") == 1
    assert {
        "help",
        "new",
        "sessions",
        "open",
        "sources",
        "ingest",
        "export",
        "model",
        "web",
        "theme",
        "quit",
    } <= {command.name for command in COMMANDS}


async def test_a_theme_is_previewed_kept_and_there_at_the_next_start(make_app):
    app = make_app()
    async with app.run_test(size=(100, 50)) as pilot:
        await ready(pilot)
        app.main.composer.input.put("/theme")
        await pilot.press("escape", "enter")
        await until(pilot, lambda: "Colours" in screen_text(app))
        await pilot.press("down")
        assert app.theme == "tutor-light"
        await pilot.press("escape")
        assert app.theme == "tutor-dark"
        app.main.composer.input.put("/theme nord")
        await pilot.press("escape", "enter")
        await until(pilot, lambda: app.theme == "nord" and load_settings().theme == "nord")


async def test_the_model_and_web_search_change_with_a_command(make_app):
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        for command in ("/model openai:some-model", "/web on"):
            app.main.composer.input.put(command)
            await pilot.press("escape", "enter")
            await until(pilot, lambda: app.main.composer.input.text == "")
        await until(pilot, lambda: load_settings().web_search)
        await until(pilot, lambda: "openai:some-model" in shown(app.main.status))
        assert app.settings.web_search


async def test_a_course_that_cannot_be_read_does_not_stop_the_app(make_app):
    class Broken(PlaygroundCourse):
        def outline(self):
            raise OSError(5, "Input/output error")

    app = make_app(course=Broken([]))
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, lambda: "Input/output error" in screen_text(app))
        await ask(pilot)
        assert "A linear classifier weighs" in screen_text(app)


async def test_while_the_index_is_built_a_bar_shows_it_and_answers_come(make_app):
    import threading

    from knowledge.library import Progress

    library = PlaygroundLibrary(progress=(Progress("Encoding", 120, 400, ""),))
    library.gate = threading.Event()
    app = make_app(library=library)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "Encoding" in screen_text(app))
        assert "30%" in screen_text(app)
        await ask(pilot)
        assert "A linear classifier weighs" in screen_text(app)
        library.gate.set()
        await until(pilot, lambda: "30%" not in screen_text(app) and "ready" in shown(app.main.status))


async def test_the_course_stays_open_where_it_was_after_new_material(make_app):
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        tree = app.main.course.query_one("CourseTree")
        tree.root.children[0].collapse()
        tree.root.children[1].expand()
        await pilot.pause()
        app.load_course()
        await pilot.pause(0.2)
        await until(pilot, lambda: "Neurons" in shown(app.main.course))
        assert "Kinds of learning" not in shown(app.main.course)
        assert COURSE.outline()[0].title.split()[0] in shown(app.main.course)
