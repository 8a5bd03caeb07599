"""Labs in the conversation: proposed, decided, run, followed, compared and explained by their own figures."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from made_runs import FALLING, FOLLOWING, TURNING, confusion, misread, write_run
from openai_server import OpenAIServer, calls, says

from tools.engine import local, runs
from tools.engine.calibrate import MACHINE_FILE, measure_machine
from tools.errors import ToolsError
from tutor.agent.events import Answer, Answered, Decision, Event, LabProposed, LabStarted, Proposal
from tutor.errors import UsageError
from tutor.store import Store

QUICK = {"steps": 10, "points": 20, "other_starts": 0, "pause": 0}
ASK_QUICK = "run two-circles with " + ", ".join(f"{name}={value}" for name, value in QUICK.items())


@pytest.fixture(scope="session")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is known of this machine's speed, so that not every test measures it."""
    folder = tmp_path_factory.mktemp("machine")
    measure_machine(folder, "cpu")
    known = folder / MACHINE_FILE
    once = known.read_text(encoding="utf-8")
    entries = json.loads(once)
    entries |= {key.replace("cpu |", "auto |", 1): value for key, value in entries.items()}
    known.write_text(json.dumps(entries), encoding="utf-8")
    return known


@pytest.fixture
def home(indexed: Path, measured: Path, tmp_path: Path) -> Path:
    target = tmp_path / "home"
    shutil.copytree(indexed, target)
    shutil.copy(measured, target)
    return target


@pytest.fixture(autouse=True)
def _no_run_is_left(home: Path) -> Any:
    yield
    for run in runs.all_runs(home):
        local.cancel(run)


async def whole(events: AsyncIterator[Event]) -> list[Event]:
    return [event async for event in events]


async def decide(chat: Any, action: str, **rest: Any) -> Answer:
    async with aclosing(chat.conversation.decide(Decision(action, **rest))) as events:
        chat.events = await whole(events)
    last = chat.events[-1]
    assert isinstance(last, Answered)
    return last.answer


async def propose(chat: Any, question: str = ASK_QUICK) -> Proposal:
    reply = await chat.ask(question)
    (proposed,) = chat.of(LabProposed)
    assert reply.answered
    assert [tool.name for tool in reply.tools] == ["run_lab"]
    return proposed.proposal


# -- proposing and deciding


async def test_a_wish_becomes_a_proposal_and_nothing_starts(talk, home: Path, store: Store) -> None:
    async with talk(session="wish") as chat:
        proposal = await propose(
            chat, "train the linear classifier with bigrams on 2,000 reviews and purple hats"
        )
        assert await chat.conversation.pending() == proposal
    assert proposal.lab == "linear-classifier"
    assert (proposal.settings["ngrams"], proposal.settings["train_size"]) == (2, 2000)
    assert proposal.changed == ("ngrams", "train_size")
    assert proposal.seconds > 0
    assert proposal.memory_mb > 0
    assert "purple hats" in proposal.sentence
    assert proposal.command == "tutor lab run linear-classifier --set ngrams=2 --set train_size=2000"
    assert runs.all_runs(home) == []
    (turn,) = store.turns("wish")
    assert turn.state == "done"
    assert turn.answer is not None
    assert "`ngrams` = 2" in turn.answer.answer


async def test_a_proposal_outlives_the_program_and_an_accepted_run_goes_on_by_itself(
    talk, home: Path
) -> None:
    async with talk(session="later") as chat:
        before = await propose(chat)
    async with talk(session="later") as chat:
        assert await chat.conversation.pending() == before
        reply = await decide(chat, "accept")
        (started,) = chat.of(LabStarted)
        assert await chat.conversation.pending() is None
        assert started.run_id in reply.answer
        run = runs.find(home, started.run_id)
        assert {name: run.settings[name] for name in QUICK} == QUICK
        status = await chat.ask("how is my run doing?")
        assert started.run_id in status.answer
    assert run.view().state in ("starting", "running", "done")


async def test_an_edit_starts_the_run_with_the_changes(talk, home: Path) -> None:
    async with talk() as chat:
        await propose(chat)
        reply = await decide(chat, "edit", settings={"seed": 7}, device="cpu")
        (started,) = chat.of(LabStarted)
    run = runs.find(home, started.run_id)
    assert run.settings["seed"] == 7
    assert run.settings["points"] == QUICK["points"]
    assert run.device == "cpu"
    assert reply.query == "Run it with seed=7, cpu"


async def test_an_edit_that_the_lab_does_not_take_leaves_the_proposal_waiting(talk, home: Path) -> None:
    async with talk() as chat:
        before = await propose(chat)
        with pytest.raises(ToolsError, match="points cannot be '5'"):
            await decide(chat, "edit", settings={"points": 5})
        assert await chat.conversation.pending() == before
    assert runs.all_runs(home) == []


async def test_declining_starts_nothing(talk, home: Path) -> None:
    async with talk() as chat:
        await propose(chat)
        reply = await decide(chat, "decline")
        assert await chat.conversation.pending() is None
        with pytest.raises(UsageError, match="No proposal waits"):
            await decide(chat, "accept")
    assert reply.answer.startswith("Not run.")
    assert runs.all_runs(home) == []


@pytest.mark.parametrize(("said", "started"), [("yes", True), ("no thanks", False), ("はい", True)])
async def test_yes_and_no_decide_in_plain_words(
    said: str, started: bool, talk, home: Path, store: Store
) -> None:
    async with talk(session="words") as chat:
        await propose(chat)
        await chat.ask(said)
        assert bool(chat.of(LabStarted)) == started
        assert await chat.conversation.pending() is None
    assert len(runs.all_runs(home)) == started
    assert [turn.question for turn in store.turns("words")] == [ASK_QUICK, said]


async def test_another_question_declines_what_waits_and_is_answered(talk, home: Path) -> None:
    async with talk() as chat:
        await propose(chat)
        reply = await chat.ask("What is dropout?")
        assert reply.answered
        assert reply.sources
        assert await chat.conversation.pending() is None
        later = await propose(chat, "run it again with seed 4")
        assert later.settings["seed"] == 4
    assert runs.all_runs(home) == []


async def test_a_change_in_words_is_a_new_proposal(talk) -> None:
    async with talk() as chat:
        first = await propose(chat, "train the linear classifier on 500 reviews")
        second = await propose(chat, "with bigrams and 200 steps instead")
        third = await propose(chat, "make it 800 reviews")
    assert second.id != first.id
    assert second.changed == ("ngrams", "train_size", "steps")
    assert (third.settings["ngrams"], third.settings["train_size"]) == (2, 800)


async def test_a_value_out_of_bounds_is_said_with_the_bounds_and_not_clipped(talk, home: Path) -> None:
    async with talk() as chat:
        reply = await chat.ask("train the linear classifier with momentum 7")
        assert chat.of(LabProposed) == []
    assert "momentum cannot be '7'" in reply.answer
    assert "from 0 to 0.99" in reply.answer
    assert not reply.answered


async def test_what_does_not_fit_can_be_changed_but_not_accepted(
    talk, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with talk() as chat:
        with monkeypatch.context() as small:
            small.setattr("tools.engine.plan.free_memory_mb", lambda: 10.0)
            proposal = await propose(chat)
        assert "needs about" in proposal.refused
        assert proposal.refused in proposal.sentence
        with pytest.raises(UsageError):
            await chat.ask("yes")
        assert await chat.conversation.pending() == proposal
        await decide(chat, "edit", device="cpu")
        assert chat.of(LabStarted)


async def test_a_wish_in_japanese_is_proposed_in_japanese(talk) -> None:
    async with talk() as chat:
        proposal = await propose(chat, "線形分類器を500件のレビューで学習させて")
        reply = await chat.ask("いいえ")
    assert proposal.settings["train_size"] == 500
    assert "既定値からの変更" in proposal.sentence
    assert "実行しませんでした" in reply.answer


async def test_questions_about_training_are_answered_from_the_course(talk) -> None:
    async with talk() as chat:
        for question in (
            "What does the learning rate do?",
            "why is it overfitting?",
            "why does a model overfit?",
        ):
            reply = await chat.ask(question)
            assert {tool.name for tool in reply.tools} & {"search_course"}, question
            assert not chat.of(LabProposed)


async def test_the_labs_are_listed_and_one_is_chosen_by_its_name(talk) -> None:
    async with talk() as chat:
        listed = await chat.ask("list the labs")
        proposal = await propose(chat, "two-circles")
    assert "**clip-train** (lesson 5)" in listed.answer
    assert proposal.lab == "two-circles"


async def test_what_a_run_would_take_is_said_without_proposing_it(talk) -> None:
    async with talk() as chat:
        reply = await chat.ask("how long would it take to train the linear classifier on 1,000 reviews?")
    assert chat.of(LabProposed) == []
    assert [tool.name for tool in reply.tools] == ["propose_lab"]
    assert "about" in reply.answer
    assert "`train_size` = 1000" in reply.answer


# -- explaining


async def test_overfitting_is_read_from_the_runs_own_curve_and_told_with_the_course(talk, home: Path) -> None:
    run = write_run(home, curves={"loss": FALLING, "val_loss": TURNING}, settings={"steps": 5})
    async with talk() as chat:
        reply = await chat.ask("why is it overfitting?")
        assert reply.answer.startswith(
            "It overfits: `val_loss` was lowest at step 2 (0.55) and rose to 0.81 by step 5, while `loss` went"
            " on falling from 0.35 to 0.05."
        )
        assert [tool.name for tool in reply.tools] == ["explain_result"]
        assert "verfitting" in reply.sources[0].quote
        assert f"[{reply.sources[0].n}]" in reply.answer
        assert "1. `steps` 5 → 2 (it overfits)" in reply.answer
        proposal = await propose(chat, "1")
    assert proposal.settings["steps"] == 2
    assert run.id


async def test_where_the_curve_shows_no_overfitting_that_is_said_with_the_figures(talk, home: Path) -> None:
    write_run(home, curves={"loss": FALLING, "val_loss": FOLLOWING})
    async with talk() as chat:
        reply = await chat.ask("why is it overfitting?")
    assert "The curve does not show overfitting: `val_loss` ends at 0.11 (step 5)" in reply.answer
    assert "It overfits" not in reply.answer


async def test_a_wide_gap_between_the_scores_is_overfitting_too(talk, home: Path) -> None:
    flat = [(step, 0.55) for step in range(6)]
    write_run(
        home,
        curves={"loss": FALLING, "val_loss": flat},
        metrics={"train_accuracy": 0.99, "val_accuracy": 0.71},
    )
    async with talk() as chat:
        reply = await chat.ask("did my model overfit?")
    assert "It overfits by the gap: `train_accuracy` 0.99 against `val_accuracy` 0.71." in reply.answer
    assert "does not turn" in reply.answer


@pytest.mark.parametrize(
    ("loss", "says"),
    [
        ([(0, 0.7), (1, 2.5), (2, 9.0), (3, float("nan"))], "no number any more at step 3"),
        ([(0, 0.7), (1, 0.6), (2, 1.4), (3, 2.5)], "rose from 0.6 (step 1) to 2.5 (step 3)"),
        (FALLING, "does not look too high: `loss` fell from 0.7 to 0.05 with a learning rate of 0.3"),
    ],
)
async def test_a_learning_rate_that_is_too_high_shows_in_the_loss(
    loss: Any, says: str, talk, home: Path
) -> None:
    write_run(home, curves={"loss": loss}, settings={"learning_rate": 0.3})
    async with talk() as chat:
        reply = await chat.ask("is the learning rate too high?")
    assert says in reply.answer
    assert ("`learning_rate` 0.3 → 0.03" in reply.answer) == (loss is not FALLING)


async def test_a_result_is_explained_with_its_figures_baselines_and_most_confused_pair(
    talk, home: Path
) -> None:
    run = write_run(
        home,
        curves={"loss": FALLING, "val_loss": FOLLOWING},
        metrics={"accuracy": 0.8125, "majority_accuracy": 0.5775, "random_accuracy": 0.517},
        artifacts=[confusion(["rotten", "fresh"], [[40, 12], [3, 45]])],
    )
    async with talk() as chat, aclosing(chat.conversation.explain(run.id)) as events:
        *_, last = await whole(events)
    assert isinstance(last, Answered)
    reply = last.answer
    assert reply.query == f"Explain the run {run.id}"
    assert "- `accuracy`: 0.8125" in reply.answer
    assert "`majority_accuracy` 0.5775" in reply.answer
    assert "12 of 52 whose true class is rotten were taken for fresh" in reply.answer
    assert "made-by-hand (these tests)" in reply.answer


async def test_a_score_no_better_than_a_baseline_is_called_that(talk, home: Path) -> None:
    write_run(home, metrics={"accuracy": 0.5775, "majority_accuracy": 0.5775}, curves={"loss": FALLING})
    async with talk() as chat:
        reply = await chat.ask("explain the result")
    assert "no better than a baseline: `majority_accuracy` 0.5775" in reply.answer


async def test_misread_examples_are_shown_as_text_and_never_as_markup(talk, home: Path) -> None:
    write_run(
        home,
        metrics={"accuracy": 0.5},
        artifacts=[
            misread(
                ("A \x1b[31mred\x1b[0m [link](http://x) **film**", "fresh", "rotten"),
                ("ok", "fresh", "fresh"),
            )
        ],
    )
    async with talk() as chat:
        reply = await chat.ask("which reviews did it misread?")
    assert "true **fresh**, taken for **rotten** (0.75): “A red link(http://x) film”" in reply.answer
    assert "“ok”" not in reply.answer
    assert "\x1b" not in repr(chat.events)


async def test_a_failed_run_is_told_with_its_reason(talk, home: Path) -> None:
    failed = {
        "event": "failed",
        "title": "No",
        "message": "The disk is full.",
        "help": "Free some.",
        "retryable": True,
    }
    write_run(home, curves={"loss": FALLING}, ending=failed)
    async with talk() as chat:
        reply = await chat.ask("how is my run doing?")
        explained = await chat.ask("explain the result")
    assert "failed: The disk is full. Free some." in reply.answer
    assert "The disk is full." in explained.answer
    assert "`loss` 0.05" in explained.answer


async def test_the_last_two_runs_are_compared(talk, home: Path) -> None:
    write_run(home, metrics={"accuracy": 0.71}, settings={"ngrams": 1})
    write_run(home, metrics={"accuracy": 0.75}, settings={"ngrams": 2})
    async with talk() as chat:
        reply = await chat.ask("compare the last two runs")
        missing = await chat.ask("compare linear-classifier-1 and linear-classifier-9")
    assert "| `ngrams` | 1 | 2 |" in reply.answer
    assert "| `accuracy` | 0.71 | 0.75 | +0.04 |" in reply.answer
    assert "Better in `accuracy`: **linear-classifier-2**" in reply.answer
    assert "no run called 'linear-classifier-9'" in missing.answer


async def test_without_runs_that_is_said(talk) -> None:
    async with talk() as chat:
        for question in ("how is my run doing?", "compare the last two runs", "explain the result"):
            reply = await chat.ask(question)
            assert "There are no runs yet." in reply.answer
            assert not reply.answered


async def test_explaining_does_not_decline_what_waits(talk, home: Path) -> None:
    run = write_run(home, metrics={"accuracy": 0.7})
    async with talk() as chat:
        proposal = await propose(chat)
        with pytest.raises(UsageError, match="waits"):
            await whole(chat.conversation.explain(run.id))
        assert await chat.conversation.pending() == proposal


# -- with a model on a server


def served(server: OpenAIServer) -> dict[str, Any]:
    return {"model": "openai:test", "base_url": server.url, "model_timeout": 5.0}


RUN = calls("run_lab", json.dumps({"lab": "two-circles", "settings": QUICK, "unused": ["blue hats"]}))


async def test_a_model_cannot_start_a_run_without_the_persons_yes(
    talk, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789abcdef")
    with OpenAIServer(RUN, says("It runs now.")) as server:
        async with talk(session="llm", **served(server)) as chat:
            proposal = await propose(chat, "please show me the rings")
            assert runs.all_runs(home) == []
            assert "blue hats" in proposal.sentence
            assert len(server.requests) == 1
        async with talk(session="llm", **served(server)) as chat:
            reply = await decide(chat, "accept")
            (started,) = chat.of(LabStarted)
        told = json.loads(server.requests[-1]["messages"][-1]["content"])
    assert reply.answer == "It runs now."
    assert reply.answered
    assert told["run"] == started.run_id
    assert [message["role"] for message in server.requests[-1]["messages"]] == [
        "system",
        "user",
        "assistant",
        "tool",
    ]


async def test_a_model_hears_that_the_person_went_on(
    talk, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789abcdef")
    with OpenAIServer(RUN, says("Hello!")) as server:
        async with talk(**served(server)) as chat:
            await propose(chat, "please show me the rings")
            await chat.ask("hello")
        roles = [message["role"] for message in server.requests[-1]["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    assert runs.all_runs(home) == []


async def test_a_model_is_given_figures_as_data_and_findings(
    talk, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789abcdef")
    write_run(home, curves={"loss": FALLING, "val_loss": TURNING}, metrics={"accuracy": 0.7})
    explain = calls("explain_result", json.dumps({"about": "overfitting"}))
    with OpenAIServer(explain, says("It overfits from step 2 on [1].")) as server:
        async with talk(**served(server)) as chat:
            reply = await chat.ask("what is wrong with it?")
        told, passages = server.requests[-1]["messages"][-1]["content"].split("\n\n", 1)
    data = json.loads(told)
    assert data["figures"]["curves"]["val_loss"]["lowest"] == [2, 0.55]
    assert data["findings"][0]["kind"] == "overfitting"
    assert data["findings"][0]["holds"] is True
    assert "[1] " in passages
    assert [source.n for source in reply.sources] == [1]
