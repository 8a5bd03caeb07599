"""Labs beside the lab screens: in the status line, on leaving, in the palette and in the conversation."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from lab_runs import field
from playground import ask, ready, screen_text, scripted, shown, until

from tutor.agent.events import LabProposed, LabStarted, Proposal
from tutor.tui.labs.opening import set_up, show_labs, show_run
from tutor.tui.labs.quit_screen import QuitScreen
from tutor.tui.labs.run_screen import RunScreen
from tutor.tui.labs.running import RunningRuns
from tutor.tui.labs.setup_screen import SetupScreen
from tutor.tui.widgets.chat.proposal import ProposalCard, ProposalDecided
from tutor.tui.widgets.chat.run_card import RunCard

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("known_machine")]


# The status line, leaving, and the palette


async def test_a_run_at_work_stands_in_the_status_line_and_a_click_opens_it(make_app, write):
    run = write("finetune-bert", live=True)
    run.progress(42, 100, 30)
    app = make_app()
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await ready(pilot)
        await until(pilot, lambda: "lab: finetune-bert-1 42%" in screen_text(app))
        await pilot.click(RunningRuns)
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        await pilot.press("escape")
        run.done(accuracy=0.9)
        run.kill()
        await until(pilot, lambda: "accuracy 0.900" in screen_text(app))
        assert "lab: finetune-bert-1" not in screen_text(app)


async def test_leaving_while_a_run_is_at_work_leaves_it_and_says_so(make_app, write):
    run = write(live=True)
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: bool(app.main.query_one(RunningRuns).live))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, QuitScreen) and "still running" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, QuitScreen))
        await pilot.press("enter")
        await until(pilot, lambda: app.parting != "")
    assert run.run.is_alive()
    assert "tutor runs show linear-classifier-1" in app.parting


async def test_leaving_can_stop_the_run(make_app, write):
    run = write(live=True)
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: bool(app.main.query_one(RunningRuns).live))
        app.main.composer.input.put("/quit")
        await pilot.press("escape", "enter")
        await until(pilot, lambda: isinstance(app.screen, QuitScreen))
        await pilot.press("s")
        for _ in range(200):
            if app.parting:
                break
            await asyncio.sleep(0.02)
    assert not run.run.is_alive()
    assert run.run.view().state == "cancelled"
    assert "tutor lab resume linear-classifier-1" in app.parting


async def test_a_run_that_could_not_be_stopped_is_not_said_to_be(make_app, write, monkeypatch):
    def refuse(run: object) -> None:
        raise OSError("no")

    monkeypatch.setattr("tools.engine.local.cancel", refuse)
    write(live=True)
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: bool(app.main.query_one(RunningRuns).live))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, QuitScreen))
        await pilot.press("s")
        for _ in range(200):
            if app.parting:
                break
            await asyncio.sleep(0.02)
    assert (
        app.parting == "Could not be stopped: linear-classifier-1. Try: tutor lab cancel linear-classifier-1"
    )


async def test_a_start_that_must_wait_for_the_plan_says_so_and_begins_by_itself(make_app, write, monkeypatch):
    from tools.engine import local, plan

    known, plan_run, begun = threading.Event(), plan.plan_run, write()

    def wait(*args: object) -> object:
        known.wait(20)
        return plan_run(*args)

    monkeypatch.setattr("tools.engine.plan.plan_run", wait)
    monkeypatch.setattr(local, "start", lambda *args, **more: begun.run)
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        set_up(app, "linear-classifier")
        await until(pilot, lambda: isinstance(app.screen, SetupScreen) and bool(app.screen.fields))
        await until(pilot, lambda: "Working out what it will take" in screen_text(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Starts once it is known" in screen_text(app))
        await pilot.press("f1")
        known.set()
        await pilot.pause(0.3)
        await pilot.press("escape")
        await until(pilot, lambda: getattr(app.screen, "run_id", "") == begun.id)


async def test_without_a_run_at_work_leaving_asks_nothing(make_app, write):
    write().done(accuracy=0.851)
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+q")
        await pilot.pause(0.1)
    assert app.parting == ""
    assert app._exit


async def test_the_palette_runs_each_lab(make_app, write):
    write().done(accuracy=0.851)
    app = make_app()
    async with app.run_test(size=(100, 60)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "lab: show labs and runs" in screen_text(app))
        assert "lab: open run" in screen_text(app)
        await pilot.press(*"lab: run two", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, SetupScreen))
        assert app.screen.lab_name == "two-circles"


async def test_commands_open_labs_and_runs(make_app, write):
    run = write().done(accuracy=0.851)
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        app.main.composer.input.put(f"/run {run.id}")
        await pilot.press("escape", "enter")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        await pilot.press("escape")
        app.main.composer.input.put("/run nothing-9")
        await pilot.press("escape", "enter")
        await until(pilot, lambda: app.screen is app.main)


async def test_bindings_of_the_lab_screens_have_ids_and_tooltips(make_app, write):
    run = write().done(accuracy=0.851)
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        show_labs(app)
        show_run(app, run.id)
        set_up(app, "two-circles")
        await pilot.pause(0.2)
        nodes = {
            type(node): node for screen in app.screen_stack for node in [screen, *screen.walk_children()]
        }
        ids = []
        for kind in [*nodes, QuitScreen, ProposalCard, RunCard]:
            for binding in kind.__dict__.get("BINDINGS", []):
                if kind.__module__.startswith("tutor"):
                    assert binding.id, binding
                    assert binding.tooltip, binding
                    ids.append(binding.id)
        assert len(set(ids)) == len(ids) > 50


# In the conversation


def proposal(**more: Any) -> Proposal:
    fields: dict[str, Any] = {
        "id": "p1", "lab": "linear-classifier", "title": "Softmax regression on reviews",
        "settings": {"ngrams": 2, "train_size": 2000, "features": "tf-idf", "seed": 0},
        "changed": ("ngrams", "train_size"), "device": "cpu", "seconds": 6.0, "memory_mb": 335.0,
        "download_mb": 9.0, "sentence": "This trains it.",
    }  # fmt: skip
    return Proposal(**{**fields, **more})


@pytest.fixture
def decided(monkeypatch: pytest.MonkeyPatch) -> list[ProposalDecided]:
    """What the cards posted."""
    posted: list[ProposalDecided] = []
    post = ProposalCard.post_message

    def keep(self: ProposalCard, message: Any) -> bool:
        if isinstance(message, ProposalDecided):
            posted.append(message)
            return True
        return post(self, message)

    monkeypatch.setattr(ProposalCard, "post_message", keep)
    return posted


async def proposed(pilot: Any, given: Proposal) -> ProposalCard:
    app = pilot.app
    await ready(pilot)
    turn = await ask(pilot, "Train the linear classifier with bigrams on 2,000 reviews")
    card = ProposalCard(given)
    await turn.add_card(card)
    await until(pilot, lambda: "Decline (d)" in screen_text(app))
    return card


async def test_a_proposal_shows_what_would_run_and_is_accepted_with_enter(make_app, decided):
    app = make_app(scripted("Shall I?", ()))
    async with app.run_test(size=(80, 24)) as pilot:
        card = await proposed(pilot, proposal())
        text = " ".join(shown(card).replace("│", " ").split())
        assert "Run linear-classifier?" in text
        assert "ngrams 2" in text
        assert "train_size 2000" in text
        assert "features" not in text
        assert "6 s on cpu · 335 MB of memory · 9 MB to download" in text
        app.main.composer.input.focus()
        await pilot.press("shift+tab", "enter", "enter", "d")
        await until(pilot, lambda: "Accepted" in shown(card))
        assert [(each.id, each.action) for each in decided] == [("p1", "accept")]


async def test_a_proposal_is_edited_in_the_form_and_hands_on_what_differs(make_app, decided):
    app = make_app(scripted("Shall I?", ()))
    async with app.run_test(size=(100, 40)) as pilot:
        card = await proposed(pilot, proposal())
        card.focus()
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, SetupScreen) and bool(app.screen.fields))
        assert field(app, "train_size").value == "2000"
        field(app, "ngrams").put("3")
        await until(pilot, lambda: "It takes about" in screen_text(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is app.main and "with changes" in shown(card))
        assert decided[0].action == "edit"
        assert decided[0].settings["ngrams"] == 3
        assert "train_size" not in decided[0].settings


async def test_leaving_the_form_of_a_proposal_decides_nothing(make_app, decided):
    app = make_app(scripted("Shall I?", ()))
    async with app.run_test(size=(100, 40)) as pilot:
        card = await proposed(pilot, proposal())
        card.focus()
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, SetupScreen) and bool(app.screen.fields))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        await pilot.click(card.query("ActionLabel").last())
        await until(pilot, lambda: "nothing was started" in shown(card))
        assert [each.action for each in decided] == ["decline"]


async def test_what_is_refused_cannot_be_accepted(make_app, decided):
    app = make_app(scripted("Shall I?", ()))
    async with app.run_test(size=(100, 40)) as pilot:
        card = await proposed(pilot, proposal(refused="It needs 9 GB of memory, and [b]7 MB[/b] are free."))
        assert "[b]7 MB[/b] are free" in shown(card)
        assert "Accept" not in shown(card)
        card.focus()
        await pilot.press("enter")
        assert decided == []


async def test_the_events_of_a_turn_become_cards(make_app, write):
    run = write(live=True)
    run.curve(20)
    run.progress(20, 80, 72)
    script = scripted("Here it is.", ())
    script[-1:-1] = [LabProposed(proposal()), LabStarted(run.id, "linear-classifier")]
    app = make_app(script)
    async with app.run_test(size=(100, 40)) as pilot:
        await ready(pilot)
        turn = await ask(pilot, "Train it")
        await until(pilot, lambda: "25%" in screen_text(app))
        assert len(turn.query(ProposalCard)) == 1
        card = turn.query_one(RunCard)
        assert "step 20 of 80" in shown(card)
        assert "loss 0.3" in shown(card)
        card.focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RunScreen) and app.screen.run_id == run.id)


async def test_a_card_of_a_deleted_run_says_so(make_app):
    app = make_app([*scripted("Here it is.", ())[:-1], LabStarted("gone-1", "gone"), scripted("x", ())[-1]])
    async with app.run_test(size=(100, 40)) as pilot:
        await ready(pilot)
        await ask(pilot, "Train it")
        await until(pilot, lambda: "gone-1" in screen_text(app) and "no run" in screen_text(app).lower())
