"""`tutor ask`: one answer, or one for each line of stdin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from tutor.cli.opening import (
    collections_of,
    make_ready,
    open_library_to_read,
    open_store,
    settings_in_force,
)
from tutor.cli.output import say_json
from tutor.cli.questions import answer_lines, one_question
from tutor.errors import UsageError
from tutor.session_names import valid_session_name

if TYPE_CHECKING:
    from asyncio import Runner

    from knowledge.library import Library
    from tutor.agent.events import Answer
    from tutor.cli.answering import Show
    from tutor.settings import Settings
    from tutor.store import Store


@click.command()
@click.argument("question", nargs=-1)
@click.option("--stdin", "from_stdin", is_flag=True, help="Answer each line of stdin with one JSON object.")
@click.option("--session", metavar="NAME", help="Go on with this conversation, or begin one under this name.")
@click.option(
    "--collection", multiple=True, metavar="NAME", help="Answer from this collection only; may repeat."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def ask(
    question: tuple[str, ...],
    from_stdin: bool,
    session: str | None,
    collection: tuple[str, ...],
    as_json: bool,
) -> int:
    """Answer a question, with sources.

    The answer comes from the course and your own material. "train the linear classifier on 500
    reviews" proposes a run; nothing starts before you say yes in the same --session.

    With --stdin each line is a question: plain text, or a JSON object with "question". The lines
    are one conversation where --session is given; else each stands alone and is not kept.
    """
    if from_stdin and question:
        raise UsageError("Give a question or --stdin, not both.", help="See: tutor ask --help")
    asked = "" if from_stdin else one_question(question)
    if session is not None:
        session = valid_session_name(session)
    settings = settings_in_force()
    if from_stdin:
        return _ask_lines(settings, session, collections_of(settings, collection))
    with open_store(settings) as store, open_library_to_read(settings) as library:
        make_ready(library)
        name = store.session(session)
        return _ask_once(settings, library, store, name, asked, collections_of(settings, collection), as_json)


def _ask_once(
    settings: Settings,
    library: Library,
    store: Store,
    session: str,
    question: str,
    collections: Sequence[str] | None,
    as_json: bool,
) -> int:
    import asyncio

    from tutor.cli.answering import AnswerPrinter

    printer = None if as_json else AnswerPrinter(session)
    with asyncio.Runner() as runner:
        answer = _answer(runner, settings, library, store, session, collections, question, printer)
    if printer is None:
        say_json(answer.public())
    return 0


def _ask_lines(settings: Settings, session: str | None, collections: Sequence[str] | None) -> int:
    import asyncio
    from contextlib import closing

    from tutor.store import Store

    kept = open_store(settings) if session is not None else closing(Store(None))
    with kept as store, open_library_to_read(settings) as library, asyncio.Runner() as runner:
        make_ready(library)

        def answer(question: str) -> dict[str, Any]:
            name = store.session(session)
            return _answer(runner, settings, library, store, name, collections, question).public()

        return answer_lines(answer)


def _answer(
    runner: Runner,
    settings: Settings,
    library: Library,
    store: Store,
    session: str,
    collections: Sequence[str] | None,
    question: str,
    printer: Show | None = None,
) -> Answer:
    """The whole answer; where nothing prints the events, a proposal's command line stands in it."""
    from dataclasses import replace

    from tutor.agent.conversation import Conversation
    from tutor.agent.events import Event, LabProposed
    from tutor.asking import whole_answer
    from tutor.cli.answering import how_to_run, tell_notice

    proposals: list[str] = []

    def note(event: Event) -> None:
        tell_notice(event)
        if isinstance(event, LabProposed):
            proposals.append(how_to_run(event.proposal, session if store.path is not None else None))

    conversation = Conversation(settings, library, store, session, collections)
    answer = runner.run(whole_answer(conversation, question, printer or note))
    return replace(answer, answer="\n\n".join([answer.answer, *filter(None, proposals)]))
