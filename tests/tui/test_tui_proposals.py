"""A proposed run in the conversation: shown as a card, decided by key or word, explained once it has ended."""

from __future__ import annotations

from typing import Any

from playground import ask, ready, scripted, shown, until

from tools.engine import runs
from tools.engine.events import EventLog
from tutor.agent.events import Answered, Decision, LabProposed, LabStarted, Proposal, Token
from tutor.tui.widgets.chat.proposal import ProposalCard
from tutor.tui.widgets.chat.run_card import RunCard

PROPOSAL = Proposal(
    id="1",
    lab="two-circles",
    title="A tiny network learns the rings",
    settings={"steps": 10, "seed": 3},
    changed=("steps", "seed"),
    device="cpu",
    seconds=4.0,
    memory_mb=300.0,
    download_mb=0.0,
    sentence="A tiny network learns the rings on cpu.",
)


def script(question: str) -> list[Any]:
    from playground import answer

    if question == "run two-circles":
        return [Token(PROPOSAL.sentence), LabProposed(PROPOSAL), Answered(answer(PROPOSAL.sentence, ()))]
    if question == "(accept)":
        return [LabStarted("two-circles-1", "two-circles"), *scripted("It has started.", ())]
    return scripted("As you wish.", ())


def conversation(app: Any) -> Any:
    return app.runner._conversation


async def test_a_proposal_is_a_card_that_a_key_accepts(make_app) -> None:
    async with make_app(script).run_test(size=(100, 40)) as pilot:
        app = await ready(pilot)
        turn = await ask(pilot, "run two-circles")
        (card,) = turn.query(ProposalCard)
        assert "steps 10" in shown(card)
        assert not card.has_focus  # what is typed on must not decide anything
        await pilot.press("shift+tab")
        await until(pilot, lambda: card.has_focus)
        await pilot.press("enter")
        await until(pilot, lambda: len(app.main.chat.log_view.turns) == 2 and not app.main.chat.is_answering)
        assert conversation(app).decided == [Decision("accept")]
        decided = app.main.chat.log_view.turns[-1]
        assert decided.question == "Run it"
        assert decided.query_one(RunCard).run_id == "two-circles-1"
        assert card.decided == "accept"


async def test_declining_starts_nothing_and_says_so(make_app) -> None:
    async with make_app(script).run_test(size=(100, 40)) as pilot:
        app = await ready(pilot)
        turn = await ask(pilot, "run two-circles")
        card = turn.query_one(ProposalCard)
        card.focus()
        await until(pilot, lambda: card.has_focus)
        await pilot.press("d")
        await until(pilot, lambda: conversation(app).decided == [Decision("decline")])
        assert app.main.chat.log_view.turns[-1].question == "Do not run it"
        assert not app.main.query(RunCard)


async def test_another_question_settles_the_card(make_app) -> None:
    async with make_app(script).run_test(size=(100, 40)) as pilot:
        app = await ready(pilot)
        turn = await ask(pilot, "run two-circles")
        card = turn.query_one(ProposalCard)
        await ask(pilot, "What is dropout?")
        assert card.decided == "decline"
        assert conversation(app).decided == []


async def test_a_yes_in_words_settles_the_card_as_accepted(make_app) -> None:
    async with make_app(script).run_test(size=(100, 40)) as pilot:
        await ready(pilot)
        turn = await ask(pilot, "run two-circles")
        await ask(pilot, "yes please")
        assert turn.query_one(ProposalCard).decided == "accept"


async def test_a_proposal_of_an_earlier_day_waits_below_its_turn(make_app, store) -> None:
    from playground import ScriptedConversation, answer

    turn = store.start_turn("today", "run two-circles")
    store.finish_turn(turn, answer(PROPOSAL.sentence, (), query="run two-circles"), "done")
    app = make_app(script)

    def converse(settings: Any, library: Any, store: Any, session: str) -> Any:
        made = ScriptedConversation(script, store, session)
        made.waiting = PROPOSAL
        return made

    app._make_conversation = converse
    async with app.run_test(size=(100, 40)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: bool(app.main.query(ProposalCard)))
        card = app.main.query_one(ProposalCard)
        assert not card.decided
        assert not card.has_focus  # a first Enter must not start a run
        card.focus()
        await pilot.press("enter")
        await until(pilot, lambda: conversation(app).decided == [Decision("accept")])


async def test_a_run_that_ends_is_explained_once(make_app, home) -> None:
    asked: list[str] = []

    def noting(question: str) -> list[Any]:
        asked.append(question)
        return script(question)

    run = runs.create(home, "two-circles", {"steps": 10}, "auto", None)
    async with make_app(noting).run_test(size=(100, 40)) as pilot:
        app = await ready(pilot)
        with runs.holding(run.folder):  # as the run's own process does while it works
            log = EventLog(run.folder)
            log.write("started", lab="two-circles", settings={}, device="cpu", pid=1, resumed_from=None)
            turn = await ask(pilot, "run two-circles")
            turn.query_one(ProposalCard).action_accept()
            await until(pilot, lambda: bool(app.main.query(RunCard)))
            card = app.main.query_one(RunCard)
            await until(pilot, lambda: card.picture is not None and card.picture.state == "running")
            log.write("result", lab="two-circles", metrics={"accuracy": 1.0}, seconds=1.0, device="cpu")
            log.close()
        await until(pilot, lambda: "Explain the run two-circles-1" in asked)
        await until(pilot, lambda: not app.main.chat.is_answering)
        await pilot.pause(1.2)
        assert asked.count("Explain the run two-circles-1") == 1
