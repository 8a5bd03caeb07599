"""What tests of labs in the conversation share: a home, a quick lab, talking and deciding."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from tools.engine import local, runs
from tools.engine.calibrate import MACHINE_FILE, measure_machine
from tutor.agent.events import Answer, Answered, Decision, Event, LabProposed, Proposal

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
