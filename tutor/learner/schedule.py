"""When a quiz card comes again: the FSRS model of forgetting, as a function from reviews to a card's state.

A card's state is what its reviews amount to, worked out anew each time, so reviews from two machines
can be united. Nothing is random: the same reviews give the same days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import fsrs

from tutor.learner.records import Rating, Review


@dataclass(frozen=True, slots=True)
class CardState:
    """What a card's reviews amount to.

    `due` is when it should come again, `stability` in how many days the chance of knowing it falls to
    nine tenths, `difficulty` from 1 to 10. `step` is where a card stands that is being learnt, None
    for one that is known.
    """

    due: datetime
    reviewed: datetime
    reviews: int
    stability: float
    difficulty: float
    phase: int
    step: int | None


def rated(state: CardState | None, rating: Rating, at: datetime) -> CardState:
    """The state after one more review; None before it is a card never seen."""
    at = at.astimezone(UTC)
    card, _ = _SCHEDULER.review_card(_card(state, at), fsrs.Rating(rating), at)
    assert card.stability is not None
    assert card.difficulty is not None
    return CardState(
        due=card.due,
        reviewed=at,
        reviews=1 + (state.reviews if state else 0),
        stability=card.stability,
        difficulty=card.difficulty,
        phase=int(card.state),
        step=card.step,
    )


def replayed(reviews: Iterable[Review]) -> dict[str, CardState]:
    """The state of each card that was ever reviewed; reviews come oldest first."""
    states: dict[str, CardState] = {}
    for review in reviews:
        states[review.card] = rated(states.get(review.card), review.rating, datetime.fromisoformat(review.at))
    return states


def recall(state: CardState, now: datetime) -> float:
    """The chance, 0 to 1, that the card is known at `now`."""
    return float(_SCHEDULER.get_card_retrievability(_card(state, now), now.astimezone(UTC)))


def _card(state: CardState | None, at: datetime) -> fsrs.Card:
    if state is None:
        return fsrs.Card(card_id=0, due=at)
    return fsrs.Card(
        card_id=0,
        state=fsrs.State(state.phase),
        step=state.step,
        stability=state.stability,
        difficulty=state.difficulty,
        due=state.due,
        last_review=state.reviewed,
    )


# One short step while a card is learnt, so that "good" on a new one means days and not minutes.
_STEPS = (timedelta(minutes=10),)
_SCHEDULER = fsrs.Scheduler(learning_steps=_STEPS, relearning_steps=_STEPS, enable_fuzzing=False)
