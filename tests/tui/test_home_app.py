"""The empty conversation as a home: where the person was, what comes next, and where a newcomer begins."""

from __future__ import annotations

import pytest
from playground import ask, ready, screen_text, until

from knowledge import lessons
from tools.exercises.catalog import find_exercise
from tutor.exercises.desk import Desk
from tutor.settings import Settings
from tutor.tui.exercises.exercise_screen import ExerciseScreen
from tutor.tui.labs.run_screen import RunScreen
from tutor.tui.progress.quiz_screen import QuizScreen

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("size", [(100, 30), (60, 20)])
async def test_a_newcomer_is_shown_the_first_lesson_and_the_first_exercise(make_app, size):
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        assert "New here? Read lesson 1, then score-text" in screen_text(app)
        assert "Where you were" not in screen_text(app)


async def test_home_says_where_the_person_was_and_what_is_due_and_leads_there(make_app, home, store):
    desk = Desk(Settings(home=home), store)
    desk.check("score-text", code=find_exercise("score-text").solution())
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        following = desk.following("score-text").exercise.id
        assert "Where you were: score-text" in screen_text(app)
        assert f"What comes next: {following}" in screen_text(app)
        assert "Due: 10 quiz questions" in screen_text(app)
        await pilot.press("up", "up", "up", "enter")  # to the questions, to home, to its second line
        await until(pilot, lambda: isinstance(app.screen, ExerciseScreen) and app.screen.entry is not None)
        assert app.screen.exercise_id == following
        await pilot.press("escape")
        await until(pilot, lambda: f"Where you were: {following}" in screen_text(app))
        await pilot.press("enter")  # the line below, which is marked now
        await until(pilot, lambda: isinstance(app.screen, QuizScreen))


async def test_home_leads_back_to_a_run(make_app, write):
    run = write().done(accuracy=0.851)
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        assert f"Where you were: the run {run.id}" in screen_text(app)
        await pilot.press("up", "up", "up", "enter")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))


async def test_home_leads_back_to_a_conversation(make_app):
    app = make_app(session="monday")
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await ask(pilot, "How does a linear classifier decide?")
        await pilot.press("ctrl+n")
        await until(pilot, lambda: "Where you were: “How does a linear classifier" in screen_text(app))
        await pilot.press("up", "up", "up", "enter")
        await until(pilot, lambda: app.session == "monday" and len(app.main.chat.log_view.turns) == 1)


async def test_home_leads_back_to_a_section_that_was_read(make_app):
    app = make_app(course=lessons)
    section = lessons.outline()[0].sections[0]
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        from tutor.tui.course_tree import Place

        place = Place(section.title, section_id=section.id)
        app.main.read(place, (place,))
        await until(pilot, lambda: app.screen is not app.main)
        await until(pilot, lambda: "Course" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: f"reading “{section.title}”"[:30] in screen_text(app))
