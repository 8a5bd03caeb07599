"""A session's turns: kept, stopped, refused, and never heavy before they have to be."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.errors import KnowledgeError
from knowledge.library import Library
from tutor.agent.conversation import LONGEST_QUESTION, Conversation
from tutor.agent.events import Answered, Event, Token
from tutor.errors import UsageError
from tutor.store import Store


@pytest.mark.parametrize(
    ("question", "says"),
    [("", "empty"), ("  \n ", "empty"), ("\x1b[0m", "empty"), ("why " * 2_001, "8,000")],
)
async def test_a_question_that_is_none_is_refused_in_one_sentence(talk, question: str, says: str) -> None:
    async with talk() as chat:
        with pytest.raises(UsageError, match=says) as refused:
            await chat.ask(question)
    assert str(refused.value).count(".") == 1
    assert refused.value.help


async def test_a_question_of_the_longest_length_is_answered(talk) -> None:
    question = ("What is overfitting? " * 500)[: LONGEST_QUESTION - 1] + "?"
    async with talk() as chat:
        assert (await chat.ask(question)).tools[0].name == "search_course"


async def test_every_turn_is_kept_in_the_store(talk, store: Store) -> None:
    async with talk(session="kept") as chat:
        reply = await chat.ask("What is dropout?")
        await chat.ask("Who won the world cup in 1998?")
    turns = store.turns("kept")
    assert [turn.state for turn in turns] == ["done", "done"]
    assert turns[0].answer == reply
    assert turns[1].answer is not None
    assert not turns[1].answer.answered


async def test_a_stopped_turn_keeps_what_came_and_the_session_goes_on(talk, store: Store) -> None:
    async with talk(session="stopped") as chat:
        seen: list[Event] = []

        async def read() -> None:
            async for event in chat.conversation.ask("What is overfitting?"):
                seen.append(event)
                if sum(isinstance(each, Token) for each in seen) == 5:
                    await asyncio.sleep(60)

        reading = asyncio.create_task(read())
        while sum(isinstance(each, Token) for each in seen) < 5:
            await asyncio.sleep(0.01)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert (await chat.ask("What is dropout?")).answered
        turn = store.turns("stopped")[0]
        assert turn.state == "stopped"
        assert turn.answer is not None
        assert turn.answer.answer
        assert "".join(e.text for e in seen if isinstance(e, Token)).startswith(turn.answer.answer[:20])
        assert not turn.answer.answered


async def test_a_reader_that_walks_away_stops_the_turn(talk, store: Store) -> None:
    async with talk(session="left") as chat:
        events = chat.conversation.ask("What is overfitting?")
        async for event in events:
            if isinstance(event, Token):
                break
        await events.aclose()
        assert store.turns("left")[0].state == "stopped"
        assert (await chat.ask("What is dropout?")).answered


async def test_a_broken_index_is_an_error_and_not_an_answer(talk, store: Store, home: Path) -> None:
    async with talk(session="broken", collection="nowhere") as chat:
        with pytest.raises(KnowledgeError, match="nowhere"):
            await chat.ask("What is dropout?")
    assert store.turns("broken")[0].state == "failed"
    async with talk(session="broken") as chat:
        assert (await chat.ask("What is dropout?")).answered


async def test_a_collection_of_ones_own_is_searched_alone(
    settings, library: Library, store: Store, tmp_path
) -> None:
    page = tmp_path / "zeppelins.md"
    page.write_text("# Zeppelins\n\n## Lift\n\nA zeppelin floats because hydrogen is lighter than air.\n")
    library.ingest([page], "airships")
    conversation = Conversation(settings, library, store, "one", collections=["airships"])
    try:
        *_, last = [event async for event in conversation.ask("Why does a zeppelin float?")]
        assert isinstance(last, Answered)
        assert {source.collection for source in last.answer.sources} == {"airships"}
    finally:
        await conversation.close()


async def test_what_a_document_holds_cannot_drive_the_terminal(
    settings, library: Library, store, tmp_path
) -> None:
    page = tmp_path / "hostile.md"
    page.write_text("# Kites\n\n## Tails\n\nA kite's \x1b]0;owned\x07tail \x1b[31msteadies it in the wind.\n")
    library.ingest([page], "kites")
    conversation = Conversation(settings, library, store, "kites", collections=["kites"])
    try:
        events = [event async for event in conversation.ask("What does a kite's tail do?")]
    finally:
        await conversation.close()
    assert "tail steadies it" in "".join(event.text for event in events if isinstance(event, Token))
    assert r"\x1b" not in repr(events)


async def test_two_conversations_over_one_database_do_not_disturb_each_other(talk, store: Store) -> None:
    async with talk(session="a") as one, talk(session="b") as other:
        replies = await asyncio.gather(
            *(chat.ask(q) for chat, q in ((one, "What is dropout?"), (other, "What is overfitting?")))
        )
        assert [reply.answered for reply in replies] == [True, True]
        again = await one.ask("in PyTorch?")
    assert "nn.Dropout" in again.answer


async def test_a_home_that_cannot_be_written_still_answers(
    settings, library: Library, tmp_path: Path
) -> None:
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "tutor.db").touch()
    store = Store(blocked / "tutor.db")
    store.persistent = False  # what the store reports where the folder is read-only
    conversation = Conversation(settings, library, store, "memory")
    try:
        *_, last = [event async for event in conversation.ask("What is dropout?")]
        assert isinstance(last, Answered)
        assert last.answer.answered
    finally:
        await conversation.close()
        store.close()


async def test_a_long_session_does_not_pile_up_in_the_database(talk, home: Path) -> None:
    import sqlite3

    async with talk(session="long") as chat:
        for question in ("What is dropout?", "more", "an example", "What is recall?", "why?", "hello"):
            await chat.ask(question)
    with sqlite3.connect(home / "tutor.db") as database:
        assert database.execute("SELECT COUNT(*) FROM checkpoints").fetchone() == (1,)


async def test_warming_up_makes_no_turn(talk, store: Store) -> None:
    async with talk(session="warm") as chat:
        await chat.conversation.warm()
        assert (await chat.ask("What is dropout?")).answered
    assert len(store.turns("warm")) == 1


async def test_closing_twice_is_fine_and_asking_again_opens_again(
    settings, library: Library, store: Store
) -> None:
    conversation = Conversation(replace(settings), library, store, "again")
    await conversation.warm()
    await conversation.close()
    await conversation.close()
    assert [event async for event in conversation.ask("hello")]
    await conversation.close()


def test_nothing_heavy_is_imported_before_the_first_question() -> None:
    code = (
        "import sys; from tutor.agent.conversation import Conversation; import tools.web_search;"
        "heavy = {'langchain', 'langchain_core', 'langgraph', 'openai', 'numpy', 'chromadb', 'torch', 'ddgs', 'pydantic'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_turn_with_the_guide_imports_no_client_and_is_traced_to_no_server(home: Path) -> None:
    code = f"""
import asyncio, sys
from pathlib import Path
from knowledge.library import Library
from tutor.agent.conversation import Conversation
from tutor.settings import Settings
from tutor.store import Store
home = Path({str(home)!r})
async def main():
    store, library = Store(home / "tutor.db"), Library(home)
    conversation = Conversation(Settings(home=home), library, store, "one")
    events = [event async for event in conversation.ask("What is dropout?")]
    await conversation.close()
    from langsmith.utils import tracing_is_enabled
    print(tracing_is_enabled(), events[-1].answer.answered, sorted({{'openai', 'langchain_openai', 'torch', 'ddgs'}} & set(sys.modules)))
asyncio.run(main())
"""
    wanted = {**os.environ, "LANGSMITH_TRACING": "true", "LANGCHAIN_TRACING_V2": "true"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=wanted
    )
    assert done.stdout.strip() == "False True []"
