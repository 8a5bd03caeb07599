"""Working on an exercise in the app: the list, the task, checks, hints, the solution, the next one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playground import ready, screen_text, shown, until

from tools.exercises.catalog import exercises, find_exercise
from tutor.exercises.desk import Desk
from tutor.tui.exercises.exercise_screen import ExerciseScreen
from tutor.tui.exercises.list_screen import ExercisesScreen
from tutor.tui.exercises.opening import show_exercise
from tutor.tui.screens.confirm import ConfirmScreen

pytestmark = [pytest.mark.asyncio, pytest.mark.proof]  # the real checker, again and again

WRONG_AXIS = """import numpy as np


def softmax(scores):
    print("shape [bold]of[/bold]", scores.shape)
    e = np.exp(scores - scores.max())
    return e / e.sum(axis=0)
"""


def told(app: Any) -> str:
    """What notifications said."""
    return " ".join(each.message for each in app._notifications)


async def at_work(pilot: Any, name: str = "softmax") -> Any:
    app = await ready(pilot)
    show_exercise(app, name)
    await until(pilot, lambda: isinstance(app.screen, ExerciseScreen) and app.screen.entry is not None)
    await until(pilot, lambda: not app.screen.editor.code.read_only)
    return app


async def write_and_check(pilot: Any, code: str) -> None:
    screen = pilot.app.screen
    attempts = screen.entry.record.attempts
    await pilot.press("f3")
    screen.editor.code.put(code)
    await pilot.press("f5")
    await until(pilot, lambda: screen.entry.record.attempts > attempts, 20)
    await until(pilot, lambda: "hold" in shown(screen.checks.summary))


async def test_the_list_shows_every_exercise_by_lesson_and_marks_the_one_to_go_on_with(make_app, store, home):
    app = make_app()
    async with app.run_test(size=(110, 30)) as pilot:
        await ready(pilot)
        await pilot.press("f7")
        await until(pilot, lambda: f"0 of {len(exercises())} passed" in screen_text(app))
        text = screen_text(app)
        assert text.index("Lesson 1") < text.index("score-text") < text.index("Lesson 2")
        assert "score(text, weights) -> float" in text  # of the first, which is marked
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ExerciseScreen))
        assert app.screen.exercise_id == "score-text"
        await until(pilot, lambda: (home / "exercises" / "score_text.py").exists())
        await until(pilot, lambda: "raise NotImplementedError" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: "○ score-text" in screen_text(app))
        await pilot.press("f7")
        await until(pilot, lambda: app.screen is app.main)


async def test_typing_narrows_the_list_and_escape_widens_it_again(make_app):
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("f7")
        await until(pilot, lambda: "score-text" in screen_text(app))
        await pilot.press(*"softm")
        await until(pilot, lambda: "score-text" not in screen_text(app))
        assert "softm" in screen_text(app)
        await pilot.press(*"zzz")
        await until(pilot, lambda: "No exercise fits “softmzzz”" in screen_text(app))
        await pilot.press("backspace", "backspace", "backspace", "enter")
        await until(pilot, lambda: isinstance(app.screen, ExerciseScreen))
        assert app.screen.exercise_id == "softmax"
        await until(pilot, lambda: app.screen.entry is not None)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ExercisesScreen))
        await pilot.press("escape")
        await until(pilot, lambda: "score-text" in screen_text(app))
        assert isinstance(app.screen, ExercisesScreen)


async def test_an_exercise_opens_by_its_name_in_the_chat(make_app):
    app = make_app()
    async with app.run_test(size=(110, 30)) as pilot:
        await ready(pilot)
        app.main.composer.input.put("/exercise bag-of-words")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ExerciseScreen) and app.screen.entry is not None)
        assert "bag-of-words" in screen_text(app)


async def test_an_unknown_name_says_which_one_is_meant(make_app):
    app = make_app()
    async with app.run_test(size=(110, 30)) as pilot:
        await ready(pilot)
        show_exercise(app, "softmux")
        await until(pilot, lambda: "Did you mean softmax?" in told(app))
        await until(pilot, lambda: app.screen is app.main)


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (60, 20)])
async def test_a_failing_check_names_the_mistake_and_shows_what_came_back(make_app, store, home, size):
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await at_work(pilot)
        await write_and_check(pilot, WRONG_AXIS)
        await pilot.press("f4")
        await until(pilot, lambda: "not yet" in screen_text(app))
        said = " ".join(shown(app.screen.checks).replace("│", " ").split())
        assert "The softmax runs over the wrong axis" in said
        assert (home / "exercises" / "softmax.py").read_text() == WRONG_AXIS
        record = Desk(app.settings, store).entry("softmax").record
        assert (record.state, record.attempts) == ("failing", 1)


async def test_what_the_code_printed_folds_out_as_it_was_printed(make_app):
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await at_work(pilot)
        await write_and_check(pilot, WRONG_AXIS)
        assert "[bold]of[/bold] (" not in screen_text(app)
        await pilot.press("escape", "o")
        await until(pilot, lambda: "shape [bold]of[/bold] (" in shown(app.screen.checks))


async def test_only_the_first_failing_check_is_told_at_length_until_all_are_wanted(make_app):
    app = make_app()
    async with app.run_test(size=(120, 60)) as pilot:
        await at_work(pilot, "score-text")
        await pilot.press("f5")
        await until(pilot, lambda: "not yet" in screen_text(app), 20)
        assert shown(app.screen.checks).count("raised: NotImplementedError") == 1
        await pilot.press("f4", "a")
        await until(pilot, lambda: shown(app.screen.checks).count("raised: NotImplementedError") > 1)


async def test_hints_come_one_by_one_and_the_solution_only_after_them_and_a_yes(make_app, store):
    app = make_app()
    solution = find_exercise("softmax").solution()
    telling = next(line for line in solution.splitlines() if "keepdims" in line).split("#")[0].strip()
    async with app.run_test(size=(150, 50)) as pilot:
        await at_work(pilot)
        await pilot.press("f7")
        await until(pilot, lambda: "after all 3 hints" in told(app))
        for rung in (1, 2, 3):
            await pilot.press("f6")
            await until(pilot, lambda rung=rung: f"Hint {rung} of 3" in shown(app.screen.task_pane))
        assert telling not in screen_text(app)
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, ExerciseScreen))
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        assert not Desk(app.settings, store).entry("softmax").record.solution_shown
        await pilot.press("y")
        await until(pilot, lambda: telling[:30] in shown(app.screen.task_pane))
        record = Desk(app.settings, store).entry("softmax").record
        assert (record.hints, record.solution_shown) == (3, True)


async def test_passing_explains_and_leads_to_the_next_exercise(make_app, store, home):
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await at_work(pilot, "score-text")
        await write_and_check(pilot, find_exercise("score-text").solution())
        await until(pilot, lambda: "✓ passed" in screen_text(app))
        await until(pilot, lambda: "What this was about" in shown(app.screen.task_pane))
        await pilot.press("f8")
        after = Desk(app.settings, store).following("score-text")
        await until(pilot, lambda: getattr(app.screen, "exercise_id", "") == after.exercise.id)
        await until(pilot, lambda: app.screen.entry is not None)
        assert "✓ passed" not in screen_text(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)


async def test_a_later_failing_check_sets_the_exercise_back(make_app):
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await at_work(pilot)
        await write_and_check(pilot, find_exercise("softmax").solution())
        assert "✓ softmax" in screen_text(app)
        await write_and_check(pilot, WRONG_AXIS)
        assert "✗ softmax" in screen_text(app)


async def test_a_check_that_takes_long_is_stopped_with_one_key_and_records_nothing(make_app, store):
    app = make_app()
    slow = "import time\n\n\ndef softmax(scores):\n    time.sleep(600)\n"
    async with app.run_test(size=(120, 36)) as pilot:
        await at_work(pilot)
        await pilot.press("f3")
        app.screen.editor.code.put(slow)
        await pilot.press("f5")
        await until(pilot, lambda: "● 2" in shown(app.screen.checks), 20)
        await pilot.press("escape")
        await until(pilot, lambda: "The check was stopped." in screen_text(app), 20)
        assert isinstance(app.screen, ExerciseScreen)
        assert Desk(app.settings, store).entry("softmax").record.attempts == 0
        await write_and_check(pilot, WRONG_AXIS)
        assert "not yet" in screen_text(app)


async def test_saving_while_a_check_is_under_way_checks_what_was_saved_last(make_app, store):
    app = make_app()
    slow = "import time\n\n\ndef softmax(scores):\n    time.sleep(600)\n"
    async with app.run_test(size=(120, 36)) as pilot:
        await at_work(pilot)
        await pilot.press("f3")
        app.screen.editor.code.put(slow)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "● 2" in shown(app.screen.checks), 20)
        app.screen.editor.code.put(find_exercise("softmax").solution())
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "✓ passed" in screen_text(app), 20)
        assert Desk(app.settings, store).entry("softmax").record.attempts == 1


async def test_leaving_while_a_check_runs_stops_it(make_app):
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await at_work(pilot)
        app.screen.editor.code.put("import time\n\n\ndef softmax(scores):\n    time.sleep(600)\n")
        await pilot.press("f5")
        await until(pilot, lambda: "● 2" in shown(app.screen.checks), 20)
        await pilot.press("ctrl+q")
    # The app has ended, which it does not before its threads have.


async def test_the_learners_own_words_are_shown_as_they_are(make_app):
    app = make_app()
    hostile = (
        'def softmax(scores):\n    raise ValueError("[red]x[/nope] [@click=app.quit]go[/] \\x1b[31mred")\n'
    )
    async with app.run_test(size=(120, 36)) as pilot:
        await at_work(pilot)
        await write_and_check(pilot, hostile)
        await until(pilot, lambda: "[red]x[/nope]" in shown(app.screen.checks))
        assert "\x1b" not in screen_text(app)
        await pilot.press("f6", "f6")
        await until(pilot, lambda: "[red]x[/nope]" in shown(app.screen.task_pane))


async def test_panes_are_reached_by_keys_and_tab_is_not_trapped(make_app):
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await at_work(pilot)
        screen = app.screen
        await pilot.press("f2")
        assert screen.task_pane.text.has_focus
        await pilot.press("tab")
        assert screen.editor.code.has_focus
        await pilot.press("tab")
        assert screen.editor.code.text.startswith("    ")
        await pilot.press("escape")
        assert screen.checks.lines.has_focus
        await pilot.press("tab")
        assert screen.task_pane.text.has_focus
        await pilot.press("shift+tab", "shift+tab")
        assert screen.editor.code.has_focus


async def test_the_section_to_read_opens_and_a_question_goes_to_the_chat(make_app):
    from knowledge import lessons

    app = make_app(course=lessons)
    async with app.run_test(size=(120, 36)) as pilot:
        await at_work(pilot)
        title = next(
            section.title
            for lesson in lessons.outline()
            for section in lesson.sections
            if section.id == find_exercise("softmax").sections[0]
        )
        await pilot.press("f2", "l")
        await until(pilot, lambda: title in screen_text(app) and "Course" in screen_text(app))
        await pilot.press("a")
        await until(pilot, lambda: app.screen is app.main)
        assert title in app.main.composer.input.text


async def test_the_help_of_an_exercise_explains_its_keys(make_app):
    app = make_app()
    async with app.run_test(size=(110, 50)) as pilot:
        await at_work(pilot)
        await pilot.press("f3", "f1")
        await until(pilot, lambda: "The editor" in screen_text(app))
        assert "Tab indents" in screen_text(app)


async def test_without_an_editor_of_their_own_the_person_is_told_how_to_set_one(make_app, monkeypatch):
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    app = make_app()
    async with app.run_test(size=(110, 30)) as pilot:
        await at_work(pilot)
        await pilot.press("f9")
        await until(pilot, lambda: "export EDITOR=nano" in told(app))


async def test_a_file_that_is_no_text_says_so(make_app, home: Path):
    (home / "exercises").mkdir()
    (home / "exercises" / "softmax.py").write_bytes(b"\xff\xfe\x00x")
    app = make_app()
    async with app.run_test(size=(110, 30)) as pilot:
        await ready(pilot)
        show_exercise(app, "softmax")
        await until(pilot, lambda: "is not UTF-8 text" in told(app))
        await until(pilot, lambda: app.screen is app.main)
