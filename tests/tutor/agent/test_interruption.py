"""kill -9 in the middle of an answer: the session goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from openai_server import OpenAIServer, calls, says

ROOT = Path(__file__).parents[3]
ASK = """
import asyncio, sys
from pathlib import Path
from knowledge.library import Library
from tutor.agent.conversation import Conversation
from tutor.agent.events import Token, ToolStarted
from tutor.settings import load_settings
from tutor.store import Store

async def main():
    settings = load_settings()
    store, library = Store(settings.home / "tutor.db"), Library(settings.home)
    conversation = Conversation(settings, library, store, "killed")
    async for event in conversation.ask("What is overfitting?"):
        if isinstance(event, (Token, ToolStarted)):
            print(type(event).__name__, flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("moment", ["ToolStarted", "Token"])
async def test_after_kill_9_the_session_has_a_valid_history(moment: str, home: Path, talk, store) -> None:
    search = calls("search_course", json.dumps({"query": "overfitting"}))
    slow = says("Overfitting is doing well on the training data only [1]. " * 20, delay=0.05)
    with OpenAIServer(search, slow) as server:
        settings = {"TUTOR_HOME": str(home), "TUTOR_MODEL": "openai:test", "OPENAI_BASE_URL": server.url}
        process = subprocess.Popen(
            [sys.executable, "-c", ASK],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **settings, "OPENAI_API_KEY": "none", "PYTHONPATH": str(ROOT)},
        )
        assert process.stdout is not None
        seen = iter(process.stdout.readline, "")
        assert any(line.strip() == moment for line in seen)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        process.stdout.close()
        assert store.turns("killed")[0].state == "interrupted"

        server.script, server.requests = [search, says("Off at random [1].")], []
        async with talk(session="killed", model="openai:test", base_url=server.url) as chat:
            reply = await chat.ask("What is dropout?")
            assert reply.answer == "Off at random [1]."
            assert reply.model == "openai:test"
            roles = [message["role"] for message in server.requests[-1]["messages"]]
            assert roles == ["system", "user", "assistant", "user", "assistant", "tool"]
    async with talk(session="killed") as chat:
        assert (await chat.ask("an example")).answered
