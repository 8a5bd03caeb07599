"""Runs in the conversation: followed, compared and explained by their own figures."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from lab_talk import ASK_QUICK, QUICK, _no_run_is_left, decide, home, measured, propose, whole  # noqa: F401
from made_runs import FALLING, FOLLOWING, TURNING, confusion, misread, write_run

from tutor.agent.events import Answered
from tutor.errors import UsageError

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


async def test_a_training_loss_that_falls_on_is_no_improvement_while_it_overfits(talk, home: Path) -> None:
    turning = [(2, 0.6), (4, 0.65), (6, 0.8)]
    write_run(home, "finetune-bert", {"loss": [*FALLING, (6, 0.01)], "val_loss": turning})
    async with talk() as chat:
        reply = await chat.ask("explain the result")
    assert "It overfits" in reply.answer
    assert "still improving" not in reply.answer


async def test_an_underfitted_run_is_not_to_have_more_of_what_does_nothing(talk, home: Path) -> None:
    flat = [(at, 0.693 if at == 0 else 0.674) for at in range(20)]
    write_run(home, curves={"loss": flat, "val_loss": flat}, settings={"l2": 0.05}, metrics={"accuracy": 0.5})
    async with talk() as chat:
        reply = await chat.ask("what should I change?")
    assert "It underfits" in reply.answer
    assert "`l2` 0.05 → 0.005" in reply.answer
    assert "`steps`" not in reply.answer
    assert "`train_size`" not in reply.answer


async def test_a_run_that_is_done_has_no_figures_so_far(talk, home: Path) -> None:
    write_run(home, curves={"loss": FALLING}, metrics={"accuracy": 0.7})
    async with talk() as chat:
        reply = await chat.ask("how is my run doing?")
    assert "At the end: `loss` 0.05." in reply.answer
    assert "So far" not in reply.answer


async def test_figures_of_features_are_no_baselines(talk, home: Path) -> None:
    figures = {"accuracy": 0.9, "random_start_test_accuracy": 0.3, "random_probe_accuracy": 0.95}
    figures |= {"random_same_class_neighbours": 0.99}
    write_run(home, "vit-transfer", metrics=figures)
    async with talk() as chat:
        reply = await chat.ask("is that good?")
    assert "`accuracy` is 0.9; the baselines reach `random_start_test_accuracy` 0.3." in reply.answer


async def test_replies_that_could_not_be_read_are_spoken_of(talk, home: Path) -> None:
    figures = {"accuracy": 0.55, "unparsed": 0.05, "unparsed_json": 0.3, "unparsed_chain_of_thought": 0.975}
    matrix = confusion(["negative", "positive"], [[0, 16], [1, 22]])
    write_run(home, "llm-classifier", metrics=figures, artifacts=[matrix])
    async with talk() as chat:
        reply = await chat.ask("explain the result")
    assert "With the prompt chain-of-thought, 98 % of the replies could not be read" in reply.answer
    assert "16 of 16" in reply.answer
    assert "not counted here" in reply.answer


async def test_a_better_fit_of_the_training_data_is_not_called_better(talk, home: Path) -> None:
    write_run(home, metrics={"loss": 0.1, "val_loss": 0.9, "train_accuracy": 1.0, "accuracy": 0.6})
    write_run(home, metrics={"loss": 0.3, "val_loss": 0.5, "train_accuracy": 0.9, "accuracy": 0.7})
    async with talk() as chat:
        reply = await chat.ask("compare the last two")
    assert "Better in `val_loss`, `accuracy`: **linear-classifier-2**." in reply.answer
    assert "`loss`, `train" not in reply.answer


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


async def test_figures_of_a_lab_without_curves_are_told_in_sentences(talk, home: Path) -> None:
    figures = {"entropy_bits": 3.8, "top_token": "the", "top_probability": 0.448, "tokens_left": 4}
    figures |= {"probability_kept": 0.918, "perplexity_greedy": 2.9, "perplexity_sampled": 9.3}
    write_run(home, "sampling", metrics=figures)
    async with talk() as chat:
        reply = await chat.ask("explain the result")
    assert '"the" with 44.8 %' in reply.answer
    assert "4 tokens are left, which held 91.8 % of the probability" in reply.answer
    assert "less surprising (perplexity 2.9) than the sampled ones (9.3 on average)" in reply.answer


async def test_figures_of_another_version_of_a_lab_are_listed_all_the_same(talk, home: Path) -> None:
    write_run(home, "attention", metrics={"entropy": 1.5, "heads": "many"})
    async with talk() as chat:
        reply = await chat.ask("explain the result")
    assert "`entropy`: 1.5" in reply.answer
