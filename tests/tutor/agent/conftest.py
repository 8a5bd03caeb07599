"""A small course of our own, really indexed, and a conversation over it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from knowledge.library import Library
from tutor.agent.conversation import Conversation
from tutor.agent.events import Answer, Answered, AnswerRestarted, Event, Token
from tutor.settings import Settings
from tutor.store import Store

COURSE = Path(__file__).parent / "course"
sys.path.insert(0, str(Path(__file__).parents[2]))  # openai_server.py serves several folders of tests


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose library holds the course beside these tests; copy it before changing anything."""
    home = tmp_path_factory.mktemp("indexed")
    library = Library(home)
    library.ingest([COURSE], "notes")
    library.close()
    return home


@pytest.fixture
def home(indexed: Path, tmp_path: Path) -> Path:
    target = tmp_path / "home"
    shutil.copytree(indexed, target)
    return target


@pytest.fixture
def library(home: Path) -> Iterator[Library]:
    opened = Library(home)
    yield opened
    opened.close()


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings(home=home)


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    opened = Store(home / "tutor.db")
    yield opened
    opened.close()


Opener = Callable[..., Any]


@pytest.fixture
def talk(settings: Settings, library: Library, store: Store) -> Opener:
    """Opens a conversation: `async with talk(model="openai:test") as chat`."""

    @asynccontextmanager
    async def opened(session: str = "test", **changed: Any) -> AsyncIterator[Chat]:
        conversation = Conversation(replace(settings, **changed), library, store, session)
        try:
            yield Chat(conversation)
        finally:
            await conversation.close()

    return opened


class Chat:
    """A conversation that hands back whole answers; `events` are those of the last turn."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self.events: list[Event] = []

    async def ask(self, question: str) -> Answer:
        self.events = [event async for event in self.conversation.ask(question)]
        last = self.events[-1]
        assert isinstance(last, Answered)
        return last.answer

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def shown(self) -> str:
        """The text as a screen ends up showing it."""
        text = ""
        for event in self.events:
            if isinstance(event, AnswerRestarted):
                text = ""
            elif isinstance(event, Token):
                text += event.text
        return text
