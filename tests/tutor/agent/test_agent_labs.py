"""Labs in the conversation: proposed, decided, started; never without the person's yes."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab_talk import ASK_QUICK, QUICK, _no_run_is_left, decide, home, measured, propose, whole  # noqa: F401

from tools.engine import runs
from tools.errors import ToolsError
from tutor.agent.events import LabProposed, LabStarted
from tutor.errors import UsageError
from tutor.store import Store

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


@pytest.mark.parametrize("said", ["yes, but with 3 neurons", "no, with 3 neurons", "はい、でも隠れ層3で"])
async def test_a_yes_with_a_change_is_a_change(talk, home: Path, said: str) -> None:
    async with talk() as chat:
        await propose(chat)
        changed = await propose(chat, said)
    assert (changed.settings["hidden"], changed.settings["steps"]) == (3, 10)
    assert runs.all_runs(home) == []


async def test_what_was_passed_over_is_proposed_anew_on_a_late_yes_and_on_a_maybe(talk, home: Path) -> None:
    async with talk() as chat:
        first = await propose(chat)
        unsure = await propose(chat, "hmm, not sure")
        await chat.ask("what is overfitting?")
        late = await propose(chat, "yes")
        assert first.settings == unsure.settings == late.settings
        assert runs.all_runs(home) == []
        await chat.ask("no")
        await chat.ask("yes")
        assert chat.of(LabProposed) == []
    assert runs.all_runs(home) == []


async def test_a_server_is_named_only_where_the_lab_would_ask_one(talk) -> None:
    async with talk() as chat:
        alone = await propose(chat, "run the llm classifier on 8 reviews")
        asked = await propose(chat, "run the llm classifier on 8 reviews with model=openai:gpt-5")
    assert "model server" not in alone.sentence
    assert "model server" in asked.sentence


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
