"""`tutor quiz`: questions of the course that are due, asked one by one and rated by the learner."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from tutor.cli.opening import open_store, settings_in_force
from tutor.cli.output import say, say_json, say_styled, styled, tell

if TYPE_CHECKING:
    from tutor.learner.quiz import Deck, Due
    from tutor.learner.records import Rating
    from tutor.learner_desk import LearnerDesk

_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object; ask nothing.")


class _QuizGroup(click.Group):
    """`tutor quiz 2 --limit 5` is `tutor quiz ask 2 --limit 5`."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        named = args[:1] and (args[0] in self.commands or args[0] in context.help_option_names)
        return super().parse_args(context, args if named else ["ask", *args])


@click.group(cls=_QuizGroup, subcommand_metavar="[LESSON] [--limit N] [--json] | COMMAND [ARGS]...")
def quiz() -> int:
    """Answer questions of the course from memory, when they are due.

    Questions come from the lessons that you have worked on, ten new ones a day, or from the LESSON you
    name. How well you knew each says when it comes again: after minutes, days or months.
    """
    return 0


@quiz.command()
@click.argument("lesson", type=click.IntRange(min=1), required=False)
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="Ask at most so many."
)
@_json
def ask(lesson: int | None, limit: int, as_json: bool) -> int:
    """Ask what is due now; `tutor quiz` alone does the same.

    With --json it lists the cards that are due, for: tutor quiz rate CARD RATING
    """
    from tutor.learner_desk import LearnerDesk

    settings = settings_in_force()
    with open_store(settings) as store:
        desk = LearnerDesk(settings, store)
        deck = desk.deck(lesson)
        if as_json:
            say_json(_public(deck, limit))
            return 0
        if not deck.due:
            _say_nothing_due(deck, lesson)
            return 0
        return _ask_each(desk, deck.due[:limit], deck.waiting)


@quiz.command()
@click.argument("card")
@click.argument("rating", type=click.IntRange(1, 4))
@_json
def rate(card: str, rating: Rating, as_json: bool) -> int:
    """Rate one CARD: 1 again, 2 hard, 3 good, 4 easy."""
    from tutor.learner_desk import LearnerDesk

    settings = settings_in_force()
    with open_store(settings) as store:
        state = LearnerDesk(settings, store).rate(card, rating)
    if as_json:
        say_json({"card": card, "rating": rating, "due": state.due.isoformat(), "reviews": state.reviews})
    else:
        say(f"It comes again {_when(state.due)}.")
    return 0


def _ask_each(desk: LearnerDesk, due: tuple[Due, ...], waiting: int) -> int:
    """Ask one card after another; the exit code."""
    rated = 0
    try:
        for number, each in enumerate(due, 1):
            if not _ask_one(desk, each, f"{number} of {len(due)}"):
                break
            rated += 1
    except KeyboardInterrupt:
        say()
        tell(f"Interrupted. {_rated(rated)}")
        return 130
    say(_rated(rated))
    if rated == len(due) and waiting:
        noun = "question waits" if waiting == 1 else "questions wait"
        say(f"{waiting} more new {noun} for another day.")
    return 0


def _ask_one(desk: LearnerDesk, due: Due, place: str) -> bool:
    """Ask a card, show its answer and have it rated; False where the learner wants to stop."""
    from tutor.cli.exercise_text import at_blanks, folded, prose, width

    card = due.card
    say_styled(styled(f"{place} · lesson {card.lesson}{'' if due.state else ' · new'}", 2))
    for line in folded(card.question, width()):
        say_styled(styled(line, 1))
    say()
    said = _line("Think, or type what you know, then press Enter (q to stop): ")
    if said is None or _is_quit(said):
        return False
    say()
    for line in prose(desk.answer(card.id).text.strip(), width()):
        say_styled(line)
    say()
    say_styled(styled(at_blanks(f"From: {card.title} · tutor course show {card.section}", width()), 2))
    while True:
        said = _line("How well did you know it? 1 again, 2 hard, 3 good, 4 easy, q to stop: ")
        if said is None or _is_quit(said):
            return False
        if (rating := _RATINGS.get(said.casefold())) is not None:
            break
        say("Give a number from 1 to 4, or q.")
    state = desk.rate(card.id, rating)
    say(f"It comes again {_when(state.due)}.")
    say()
    return True


def _when(due: datetime) -> str:
    from tutor.learner.ahead import ahead

    return ahead(due, datetime.now().astimezone(), dated=True)


def _line(prompt: str) -> str | None:
    """What the learner typed on one line; None where nothing more is coming."""
    say(prompt, end="")
    line = sys.stdin.buffer.readline() if sys.stdin is not None else b""
    if not line.endswith(b"\n"):
        say()
    return line.decode("utf-8", "replace").strip() if line else None


def _is_quit(said: str) -> bool:
    return said.casefold() in ("q", "quit")


def _rated(count: int) -> str:
    if not count:
        return "Nothing was rated."
    return "1 question rated and kept." if count == 1 else f"{count} questions rated and kept."


def _say_nothing_due(deck: Deck, lesson: int | None) -> None:
    if deck.next_at is not None:
        where = "" if lesson is None else f" in lesson {lesson}"
        say(f"Nothing is due{where}. The next question comes {_when(deck.next_at)}.")
    elif lesson is None:
        say("Nothing is due: no lesson has been worked on yet.")
        say("Do an exercise (tutor exercise list), or begin with a lesson: tutor quiz 1")
    else:
        say(f"Lesson {lesson} has no questions for a quiz.")


def _public(deck: Deck, limit: int) -> dict[str, Any]:
    return {
        "due": [
            {
                "card": each.card.id,
                "question": each.card.question,
                "lesson": each.card.lesson,
                "section": each.card.section,
                "title": each.card.title,
                "reviews": each.state.reviews if each.state else 0,
                "due": each.state.due.isoformat() if each.state else None,
            }
            for each in deck.due[:limit]
        ],
        "total": len(deck.due),
        "waiting": deck.waiting,
        "next_at": deck.next_at.isoformat() if deck.next_at else None,
    }


_RATINGS: dict[str, Rating] = {
    "1": 1, "again": 1, "2": 2, "hard": 2, "3": 3, "good": 3, "4": 4, "easy": 4,
}  # fmt: skip
