"""Progress and the quiz in the app, all by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from playground import ready, screen_text, until

from knowledge import lessons
from tools.exercises.catalog import find_exercise
from tutor.exercises.desk import Desk
from tutor.learner_desk import LearnerDesk
from tutor.settings import Settings
from tutor.tui.exercises.exercise_screen import ExerciseScreen
from tutor.tui.progress.progress_screen import ProgressScreen
from tutor.tui.progress.quiz_screen import QuizScreen

pytestmark = pytest.mark.asyncio


@pytest.fixture
def worked(home: Any, store: Any) -> Desk:
    """Somebody who passed the first exercise and failed the softmax."""
    desk = Desk(Settings(home=home), store)
    desk.check("score-text", code=find_exercise("score-text").solution())
    desk.check("softmax", code=find_exercise("softmax").starter)
    return desk


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_progress_shows_each_lesson_and_goes_on_with_the_marked_one(make_app, worked, size):
    app = make_app(course=lessons)
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await pilot.press("f6")
        await until(pilot, lambda: "1 of " in screen_text(app) and "What is machine" in screen_text(app))
        text = screen_text(app)
        assert "Next: softmax" in text
        assert "✗ softmax  failing" in text  # lesson 2, where the next exercise is, is marked
        await pilot.press("up")
        await until(pilot, lambda: "✓ score-text  passed" in screen_text(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, ExerciseScreen))
        assert app.screen.exercise_id == "softmax"
        await until(pilot, lambda: app.screen.entry is not None)
        await pilot.press("f2", "escape")
        await until(pilot, lambda: isinstance(app.screen, ProgressScreen))
        await pilot.press("f6")
        await until(pilot, lambda: app.screen is app.main)


async def test_a_quiz_asks_reveals_and_keeps_the_rating(make_app, worked, home, store):
    learner = LearnerDesk(Settings(home=home), store)
    first, second = learner.deck().due[:2]
    app = make_app(course=lessons)
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("f6")
        await until(pilot, lambda: "due (q)" in screen_text(app))
        await pilot.press("q")
        await until(pilot, lambda: first.card.question in screen_text(app))
        await pilot.press("3")  # nothing is rated before the answer was seen
        await pilot.press("enter")
        await until(pilot, lambda: "How well did you know it?" in screen_text(app))
        assert first.card.title in screen_text(app)
        await pilot.press("3")
        await until(pilot, lambda: second.card.question in screen_text(app))
        assert "Kept. That one comes again in" in screen_text(app)
        assert first.card.id not in [each.card.id for each in learner.deck().due]
        await pilot.press("s")
        await until(pilot, lambda: not isinstance(app.screen, QuizScreen))
        await pilot.press("escape", "n")
        await until(pilot, lambda: "3 of " in screen_text(app))
        assert second.card.id in [each.card.id for each in learner.deck().due]
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ProgressScreen))


async def test_the_quiz_of_a_lesson_ends_with_its_last_question(make_app):
    app = make_app(course=lessons)
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        app.main.composer.input.put("/quiz 1")
        await pilot.press("enter")
        await until(pilot, lambda: "1 of 10 · lesson 1 · new" in screen_text(app))
        for number in range(1, 11):
            await until(pilot, lambda number=number: f"{number} of 10" in screen_text(app))
            await pilot.press("enter")
            await until(pilot, lambda: "How well did you know it?" in screen_text(app))
            await pilot.press("4")
        await until(pilot, lambda: "That was all: 10 questions answered." in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main)


async def test_a_newcomers_quiz_says_where_to_begin(make_app):
    app = make_app(course=lessons)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        app.main.composer.input.put("/quiz")
        await pilot.press("enter")
        await until(pilot, lambda: "no lesson has been worked on yet" in screen_text(app))
        await pilot.press("q")
        await until(pilot, lambda: app.screen is app.main)
