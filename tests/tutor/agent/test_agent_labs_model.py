"""A model on a server proposes labs and explains runs; it starts none by itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lab_talk import ASK_QUICK, QUICK, _no_run_is_left, decide, home, measured, propose, whole  # noqa: F401
from made_runs import FALLING, TURNING, write_run
from openai_server import OpenAIServer, calls, calls_many, says

from tools.engine import runs
from tutor.agent.events import LabProposed, LabStarted

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


WILD: list[dict[str, Any]] = [
    {"lab": "resnet"},
    {"lab": "two-circles", "settings": {"steps": "lots"}},
    {"lab": "two-circles", "settings": {"steps": -5}},
    {"lab": "two-circles", "settings": {"colour": "blue"}},
    {"lab": "two-circles", "settings": "steps=10"},
    {"lab": "two-circles", "device": "quantum"},
    {"lab": "linear-classifier", "data": "/no/such/file.csv"},
    {"settings": QUICK},
    {"lab": ["two-circles"]},
]


@pytest.mark.parametrize("arguments", WILD, ids=[json.dumps(each) for each in WILD])
async def test_a_model_hears_what_is_wrong_with_its_arguments(
    talk, home: Path, monkeypatch: pytest.MonkeyPatch, arguments: dict[str, Any]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789abcdef")
    with OpenAIServer(calls("run_lab", json.dumps(arguments)), says("That does not work.")) as server:
        async with talk(**served(server)) as chat:
            reply = await chat.ask("please show me the rings")
        assert chat.of(LabProposed) == []
        assert server.requests[-1]["messages"][-1]["role"] == "tool"
    assert reply.answer.startswith("That does not work.")
    assert runs.all_runs(home) == []


async def test_many_wishes_of_a_model_at_once_start_nothing_and_leave_a_valid_history(
    talk, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789abcdef")
    wish = ("run_lab", json.dumps({"lab": "two-circles", "settings": QUICK}))
    with OpenAIServer(calls_many([wish] * 50), says("Hello!")) as server:
        async with talk(session="many", **served(server)) as chat:
            await chat.ask("please show me the rings")
            assert runs.all_runs(home) == []
        async with talk(session="many", **served(server)) as chat:
            assert await chat.conversation.pending() is not None
            reply = await chat.ask("hello")
        sent = server.requests[-1]["messages"]
    assert reply.answer == "Hello!"
    assert runs.all_runs(home) == []
    called = [call["id"] for message in sent for call in message.get("tool_calls") or ()]
    assert called == [message["tool_call_id"] for message in sent if message["role"] == "tool"]


async def test_one_yes_starts_one_run_where_a_model_asks_for_two(
    talk, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789abcdef")
    two = [
        ("run_lab", json.dumps({"lab": "two-circles", "settings": {**QUICK, "seed": seed}}))
        for seed in (1, 2)
    ]
    with OpenAIServer(calls_many(two), says("It runs.")) as server:
        async with talk(**served(server)) as chat:
            await chat.ask("please show me the rings twice")
            await decide(chat, "accept")
            assert len(runs.all_runs(home)) == 1
