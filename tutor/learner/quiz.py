"""Quiz cards made from the questions that the course's sections answer, and which of them are due."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Protocol

from tutor.learner.schedule import CardState


class CourseSection(Protocol):
    """What a quiz needs to know of a section of the course."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def lesson(self) -> int: ...
    @property
    def order(self) -> int: ...
    @property
    def concepts(self) -> tuple[str, ...]: ...
    @property
    def asks(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Card:
    """One question of one section; `id` is the section's id and a mark of the question's words."""

    id: str
    question: str
    section: str
    title: str
    lesson: int
    rank: int


@dataclass(frozen=True, slots=True)
class Due:
    """A card that is to be asked; `state` is None for one never asked before."""

    card: Card
    state: CardState | None


@dataclass(frozen=True, slots=True)
class Deck:
    """The cards to ask now, the ones longest due first and new ones last.

    `next_at` is when the next card comes where nothing is due, None where none is ever coming.
    `waiting` counts new cards that today has no room for.
    """

    due: tuple[Due, ...]
    next_at: datetime | None
    waiting: int


def cards_of(sections: Iterable[CourseSection]) -> list[Card]:
    """The cards of the sections, each section's first question before the second of any.

    Only questions written out properly make cards: misspelt ones are there to try the search, and
    error messages and questions about the course itself are nothing to know by heart.
    """
    found = [
        Card(card_id(section.id, ask), ask, section.id, section.title, section.lesson, rank)
        for section in sections
        if ".ja." not in section.id  # a translation: its twin in English asks the same
        for rank, ask in enumerate(filter(_is_proper, section.asks))
    ]
    return sorted(found, key=lambda card: (card.lesson, card.rank))


def card_id(section: str, question: str) -> str:
    """The id of a card; it stays when questions around it come and go."""
    return f"{section}~{hashlib.sha256(question.encode()).hexdigest()[:8]}"


def section_of(card: str) -> str:
    """The id of the section that a card belongs to."""
    return card.rpartition("~")[0]


def deck(
    cards: Sequence[Card],
    states: Mapping[str, CardState],
    *,
    now: datetime,
    touched: Collection[int],
    first: Collection[str] = (),
    introduced: int = 0,
) -> Deck:
    """The deck at `now`: what is due, and new cards of the `touched` lessons as far as the day has room.

    `introduced` counts cards that were new today already; sections in `first` are asked about before
    the others.
    """
    known = [Due(card, states[card.id]) for card in cards if card.id in states]
    due = sorted(
        (each for each in known if each.state and each.state.due <= now),
        key=lambda each: each.state.due if each.state else now,
    )
    new = [card for card in cards if card.id not in states and card.lesson in touched]
    new.sort(key=lambda card: (card.section not in first, card.rank))  # so that lessons take turns
    room = max(0, NEW_A_DAY - introduced)
    coming = [each.state.due for each in known if each.state and each.state.due > now]
    if new:
        coming.append(_tomorrow(now))
    asked = (*due, *(Due(card, None) for card in new[:room]))
    return Deck(asked, min(coming, default=None), len(new[room:]))


def new_on_day(states: Mapping[str, datetime], now: datetime) -> int:
    """How many cards were asked for the first time on the day of `now`, by when each was first asked."""
    return sum(first.astimezone(now.tzinfo).date() == now.date() for first in states.values())


def answer(body: str, question: str) -> str:
    """What a section's Markdown says to a question: its opening, and the paragraph that fits best."""
    blocks = _paragraphs(body)
    if not blocks:
        return ""
    opening, rest = blocks[0], blocks[1:]
    asked = _stems(question)
    scored = [(_fit(asked, _stems(block), blocks), -place) for place, block in enumerate(rest)]
    best = max(scored, default=(0.0, 0))
    if best[0] <= _fit(asked, _stems(opening), blocks):
        return opening
    return f"{opening}\n\n{rest[-best[1]]}"


def _fit(asked: set[str], stems: set[str], blocks: Sequence[str]) -> float:
    """How much of what was asked about is in a paragraph, rare words counting more."""
    return sum(1 / sum(stem in _stems(block) for block in blocks) for stem in asked & stems)


def _paragraphs(body: str) -> list[str]:
    """The section's paragraphs; a list or formula belongs to the one before it, a formula to the next too."""
    found: list[str] = []
    for block in re.split(r"\n\s*\n", _CODE.sub(lambda code: code[0].replace("\n\n", "\n"), body)):
        text = block.strip("\n")
        if not text.strip() or _HEADING.match(text):
            continue
        if found and (found[-1].endswith((":", "$$")) or _CONTINUES.match(text)):
            found[-1] = f"{found[-1]}\n\n{text}"
        else:
            found.append(text)
    return found


def _stems(text: str) -> set[str]:
    """The words that say what a text is about, cut to their first letters."""
    words = re.findall(r"[a-z0-9_]+", text.lower())
    return {word[:_STEM] for word in words if len(word) > 2 and word not in _STOP}


def _is_proper(ask: str) -> bool:
    return ask[:1].isupper() and ask.endswith("?") and not _ABOUT_THE_COURSE.search(ask)


def _tomorrow(now: datetime) -> datetime:
    """The start of the day after `now`, in the time zone of `now`."""
    day = now.astimezone(now.tzinfo or UTC).date() + timedelta(days=1)
    return datetime.combine(day, time(), tzinfo=now.tzinfo or UTC)


NEW_A_DAY = 10
"""How many cards come in new on one day, over all lessons."""

_STEM = 5
_STOP = frozenset(
    re.findall(
        r"\w+",
        "the and for are was how what why when where which who does did can should would with from that this"
        " have has not into than then its use used using you your our one two there them they",
    )
)
_HEADING = re.compile(r"#{1,6} ")
_CONTINUES = re.compile(r"(\$\$|\||[-*] |\d+\. |```|~~~)")
_CODE = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
_ABOUT_THE_COURSE = re.compile(r"\b(course|courses|lessons?|Starter Pack|glossary)\b", re.IGNORECASE)
