"""The learner's file in the app: nothing that was typed is lost, whoever else writes the file."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from playground import ready, screen_text, until

from tools.exercises.catalog import find_exercise
from tutor.tui.exercises.exercise_screen import ExerciseScreen
from tutor.tui.exercises.keep_screen import KeepScreen
from tutor.tui.exercises.opening import show_exercise

pytestmark = [pytest.mark.asyncio, pytest.mark.proof]
SOLUTION = find_exercise("softmax").solution()


@pytest.fixture
def file(home: Path) -> Path:
    return home / "exercises" / "softmax.py"


def draft_of(file: Path) -> Path:
    return file.parent / ".drafts" / "softmax.json"


async def at_work(pilot: Any) -> Any:
    app = await ready(pilot)
    show_exercise(app, "softmax")
    await until(pilot, lambda: isinstance(app.screen, ExerciseScreen) and app.screen.entry is not None)
    await until(pilot, lambda: not app.screen.editor.code.read_only)
    await pilot.press("f3")
    return app


async def test_leaving_the_exercise_saves(make_app, file):
    app = make_app()
    async with app.run_test(size=(110, 30)) as pilot:
        await at_work(pilot)
        await pilot.press(*"# mine")
        assert "not saved" in screen_text(app)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: app.screen is app.main)
    assert file.read_text().startswith("# mine")
    assert not draft_of(file).exists()


async def test_quitting_saves(make_app, file):
    app = make_app()
    async with app.run_test(size=(110, 30)) as pilot:
        await at_work(pilot)
        await pilot.press(*"# mine", "ctrl+q")
    assert file.read_text().startswith("# mine")


async def test_quitting_over_a_file_that_changed_keeps_both_texts_and_says_where(make_app, file):
    app = make_app()
    async with app.run_test(size=(110, 30)) as pilot:
        await at_work(pilot)
        await pilot.press(*"# mine")
        file.write_text("# theirs\n")
        await pilot.press("ctrl+q")
    assert file.read_text() == "# theirs\n"
    kept = [each for each in file.parent.glob("softmax.py.bak-*") if each.read_text().startswith("# mine")]
    assert len(kept) == 1
    assert str(kept[0]) in app.parting


async def test_what_was_typed_before_a_crash_comes_back(make_app, file, store):
    app = make_app()
    async with app.run_test(size=(110, 30)) as pilot:
        await at_work(pilot)
        await pilot.press(*"# half")
        await until(pilot, lambda: draft_of(file).exists())
        left = draft_of(file).read_text()
    file.write_text(find_exercise("softmax").starter)  # as a crash would have left both
    draft_of(file).write_text(left)
    app = make_app()
    async with app.run_test(size=(110, 30)) as pilot:
        await at_work(pilot)
        assert app.screen.editor.code.text.startswith("# half")
        assert "not saved" in screen_text(app)
        await pilot.press("ctrl+z")
        assert app.screen.editor.code.text == find_exercise("softmax").starter


async def test_a_draft_is_not_laid_over_a_file_that_went_on_without_it(make_app, file):
    file.parent.mkdir()
    file.write_text("# went on\n")
    draft_of(file).parent.mkdir()
    draft_of(file).write_text(json.dumps({"path": str(file), "text": "# old draft\n", "begun_on": "x"}))
    app = make_app()
    async with app.run_test(size=(110, 30)) as pilot:
        await at_work(pilot)
        assert app.screen.editor.code.text == "# went on\n"
    (kept,) = file.parent.glob("softmax.py.bak-*")
    assert kept.read_text() == "# old draft\n"


async def test_an_exercise_opens_where_drafts_can_neither_be_kept_nor_removed(make_app, file):
    file.parent.mkdir()
    file.write_text("# mine\n")
    draft_of(file).parent.write_text("no folder")
    app = make_app()
    async with app.run_test(size=(110, 30)) as pilot:
        await at_work(pilot)
        assert app.screen.editor.code.text == "# mine\n"
        await pilot.press("#", "escape", "escape")
        await until(pilot, lambda: app.screen is app.main)
    assert file.read_text() == "## mine\n"


async def test_a_file_saved_elsewhere_is_read_again_and_checked(make_app, file):
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await at_work(pilot)
        beside = file.with_name("new")  # as editors do that put a new file in the old one's place
        beside.write_text(SOLUTION)
        beside.replace(file)
        await until(pilot, lambda: app.screen.editor.code.text == SOLUTION)
        await until(pilot, lambda: "✓ passed" in screen_text(app), 20)
        await pilot.press("ctrl+z")
        assert app.screen.editor.code.text == find_exercise("softmax").starter


@pytest.mark.parametrize(("key", "stays"), [("m", "mine"), ("f", "theirs")])
async def test_two_texts_are_asked_about_and_the_other_one_is_kept(make_app, file, key, stays):
    app = make_app()
    async with app.run_test(size=(110, 30)) as pilot:
        await at_work(pilot)
        await pilot.press(*"# mine")
        file.write_text("# theirs\n")
        await until(pilot, lambda: isinstance(app.screen, KeepScreen))
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, ExerciseScreen))
        await until(pilot, lambda: file.read_text().startswith(f"# {stays}"))
        assert app.screen.editor.code.text.startswith(f"# {stays}")
        other = "# theirs" if stays == "mine" else "# mine"
        assert any(each.read_text().startswith(other) for each in file.parent.glob("softmax.py.bak-*"))


async def test_a_question_put_off_is_asked_again_when_saving(make_app, file):
    app = make_app()
    async with app.run_test(size=(110, 30)) as pilot:
        await at_work(pilot)
        await pilot.press(*"# mine")
        file.write_text("# theirs\n")
        await until(pilot, lambda: isinstance(app.screen, KeepScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ExerciseScreen))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, KeepScreen))
        await pilot.press("m")
        await until(pilot, lambda: "hold" in screen_text(app), 20)
        assert file.read_text().startswith("# mine")


async def test_a_file_that_is_gone_is_said_and_written_again_by_saving(make_app, file):
    app = make_app()
    async with app.run_test(size=(110, 30)) as pilot:
        await at_work(pilot)
        file.unlink()
        await until(pilot, lambda: "The file is gone." in screen_text(app))
        await pilot.press("ctrl+s")
        await until(pilot, file.exists)
        assert file.read_text() == find_exercise("softmax").starter
        await until(pilot, lambda: "The file is gone." not in screen_text(app))


async def test_a_file_that_cannot_be_written_is_said_and_the_text_is_checked_all_the_same(make_app, file):
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await at_work(pilot)
        app.screen.editor.code.put(SOLUTION)
        file.unlink()
        file.mkdir()
        await pilot.press("f5")
        await until(pilot, lambda: "✓ passed" in screen_text(app), 20)
        assert "not saved" in screen_text(app)
        file.rmdir()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: file.is_file() and file.read_text() == SOLUTION)


async def test_what_fits_in_neither_the_file_nor_a_draft_is_kept_outside_the_data_folder(
    make_app, file, tmp_path, monkeypatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    app = make_app()
    async with app.run_test(size=(110, 30)) as pilot:
        await at_work(pilot)
        nothing_can_be_written(file)
        await pilot.press(*"# mine", "escape", "escape")
        await until(pilot, lambda: app.screen is app.main)
        await until(pilot, lambda: any("What you typed is in" in each.message for each in app._notifications))
    (kept,) = tmp_path.glob("tutor-*.py")
    assert kept.read_text().startswith("# mine")


async def test_text_that_can_be_kept_nowhere_is_left_only_by_a_yes(make_app, file, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    app = make_app()
    async with app.run_test(size=(110, 30)) as pilot:
        await at_work(pilot)
        nothing_can_be_written(file)
        await pilot.press(*"# mine", "escape", "escape")
        await until(pilot, lambda: "Leave (y)" in screen_text(app))
        await pilot.press("n")
        assert app.screen.editor.code.text.startswith("# mine")
        await pilot.press("escape")
        await until(pilot, lambda: "Leave (y)" in screen_text(app))
        await pilot.press("y")
        await until(pilot, lambda: app.screen is app.main)


def nothing_can_be_written(file: Path) -> None:
    """A file stands where the folder of the learner's files and drafts was."""
    shutil.rmtree(file.parent)
    file.parent.write_text("")


async def test_beginning_anew_keeps_what_was_written(make_app, file):
    app = make_app()
    async with app.run_test(size=(110, 30)) as pilot:
        await at_work(pilot)
        await pilot.press(*"# mine", "f10")
        await until(pilot, lambda: "Put the starter back?" in screen_text(app))
        await pilot.press("n")
        assert app.screen.editor.code.text.startswith("# mine")
        await pilot.press("f10")
        await until(pilot, lambda: "Put the starter back?" in screen_text(app))
        await pilot.press("y")
        await until(pilot, lambda: app.screen.editor.code.text == find_exercise("softmax").starter)
        (kept,) = file.parent.glob("softmax.py.bak-*")
        assert kept.read_text().startswith("# mine")
        assert file.read_text() == find_exercise("softmax").starter


async def test_line_endings_stay_as_they_are(make_app, file):
    file.parent.mkdir()
    file.write_bytes(b"x = 1\r\ny = 2\r\n")
    app = make_app()
    async with app.run_test(size=(110, 30)) as pilot:
        await at_work(pilot)
        await pilot.press("#", "escape", "escape")
        await until(pilot, lambda: app.screen is app.main)
    assert file.read_bytes() == b"#x = 1\r\ny = 2\r\n"


# Writing code


async def test_ctrl_home_and_ctrl_end_go_to_the_ends_of_the_file(make_app):
    app = make_app()
    async with app.run_test(size=(110, 30)) as pilot:
        await at_work(pilot)
        code = app.screen.editor.code
        code.put("a\nb\nc")
        await pilot.press("ctrl+end", "z", "ctrl+home", "y")
        assert code.text == "ya\nb\ncz"
        await pilot.press("ctrl+shift+end", "delete")
        assert code.text == "y"


async def test_blocks_indent_and_new_lines_follow(make_app):
    app = make_app()
    async with app.run_test(size=(110, 30)) as pilot:
        await at_work(pilot)
        code = app.screen.editor.code
        code.put("")
        await pilot.press(*"def f():", "enter", *"return 1", "enter", "x")
        assert code.text == "def f():\n    return 1\nx"
        code.put("a\nb\nc")
        code.move_cursor((0, 0))
        await pilot.press("shift+down", "shift+down", "tab")
        assert code.text == "    a\n    b\nc"
        await pilot.press("shift+tab")
        assert code.text == "a\nb\nc"
        code.put("        x")
        code.move_cursor((0, 8))
        await pilot.press("backspace")
        assert code.text == "    x"


async def test_control_characters_in_a_file_reach_no_terminal(make_app, file):
    file.parent.mkdir()
    file.write_text("# \x1b[31mred\x07\n")
    app = make_app()
    async with app.run_test(size=(110, 30)) as pilot:
        await at_work(pilot)
        assert "\x1b" not in screen_text(app)
        assert "␛[31mred␇" in screen_text(app)
        assert app.screen.editor.code.text == "# \x1b[31mred\x07\n"
