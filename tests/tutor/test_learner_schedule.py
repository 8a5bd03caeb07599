"""When a quiz card comes again, and which cards a quiz has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from knowledge.lessons import outline, read_section
from tutor.learner.quiz import NEW_A_DAY, Card, answer, card_id, cards_of, deck, new_on_day, section_of
from tutor.learner.records import Review
from tutor.learner.schedule import CardState, rated, recall, replayed

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Section:
    id: str
    lesson: int
    asks: tuple[str, ...]
    title: str = "A title"
    order: int = 1
    concepts: tuple[str, ...] = ()


def days_to(state: CardState) -> float:
    return (state.due - state.reviewed) / timedelta(days=1)


def test_the_better_a_card_is_known_the_later_it_comes() -> None:
    again, hard, good, easy = (days_to(rated(None, rating, NOW)) for rating in (1, 2, 3, 4))
    assert again < hard < good < easy
    assert again < 0.02
    assert good >= 1


def test_intervals_grow_with_each_good_answer_and_shrink_after_a_miss() -> None:
    state = rated(None, 3, NOW)
    gaps = [days_to(state)]
    for _ in range(4):
        state = rated(state, 3, state.due)
        gaps.append(days_to(state))
    assert gaps == sorted(gaps)
    assert gaps[-1] > 60
    missed = rated(state, 1, state.due)
    back = rated(missed, 3, missed.due)
    assert days_to(missed) < 0.02
    assert 1 <= days_to(back) < gaps[-1]


def test_the_same_reviews_give_the_same_days_every_time() -> None:
    reviews = [
        Review(str(day), "a~1", (NOW + timedelta(days=day)).isoformat(), rating)
        for day, rating in ((0, 3), (2, 3), (9, 2), (20, 4))
    ]
    assert replayed(reviews) == replayed(reviews)
    assert replayed(reviews)["a~1"].reviews == 4


def test_the_chance_of_knowing_a_card_falls_to_nine_tenths_when_it_is_due() -> None:
    state = rated(rated(None, 3, NOW), 3, NOW + timedelta(days=2))
    assert recall(state, state.reviewed) == 1.0
    assert 0.88 < recall(state, state.due) < 0.92


def test_cards_are_made_from_questions_that_are_written_out_properly() -> None:
    section = Section(
        "linear.softmax",
        2,
        (
            "What is softmax?",
            "why substract the maximum before softmax",
            "what does it meen?",
            "Give me an example",
            "TypeError: got an unexpected keyword argument",
            "What does the first lesson cover?",
        ),
    )
    assert [card.question for card in cards_of([section])] == ["What is softmax?"]
    assert section_of(card_id("linear.softmax", "What is softmax?")) == "linear.softmax"


def test_every_lesson_of_the_course_has_cards_and_all_differ() -> None:
    cards = cards_of(section for lesson in outline() for section in lesson.sections)
    assert {card.lesson for card in cards} == {lesson.number for lesson in outline()}
    assert len({card.id for card in cards}) == len(cards)


def test_no_more_new_cards_come_on_one_day_than_the_limit() -> None:
    cards = [Card(f"s{number}~x", "What?", f"s{number}", "S", 1, 0) for number in range(30)]
    first = deck(cards, {}, now=NOW, touched={1})
    assert (len(first.due), first.waiting) == (NEW_A_DAY, 30 - NEW_A_DAY)
    later = deck(cards, {}, now=NOW, touched={1}, introduced=NEW_A_DAY)
    assert (later.due, later.waiting) == ((), 30)
    assert later.next_at == datetime(2026, 3, 2, tzinfo=UTC)
    asked = {card.id: NOW - timedelta(hours=hours) for card, hours in zip(cards, (1, 11, 13), strict=False)}
    assert new_on_day(asked, NOW) == 2


def test_a_lesson_that_was_not_touched_asks_nothing() -> None:
    cards = [Card("a~1", "What?", "a", "A", 1, 0), Card("b~1", "What?", "b", "B", 2, 0)]
    assert [each.card.id for each in deck(cards, {}, now=NOW, touched={2}).due] == ["b~1"]
    nothing = deck(cards, {}, now=NOW, touched=())
    assert (nothing.due, nothing.next_at) == ((), None)


def test_what_is_longest_due_comes_first_and_new_cards_last() -> None:
    cards = [Card(f"s{number}~x", "What?", f"s{number}", "S", 1, 0) for number in range(4)]
    states = {
        "s1~x": rated(None, 3, NOW - timedelta(days=9)),
        "s2~x": rated(None, 3, NOW - timedelta(days=20)),
        "s3~x": rated(None, 4, NOW),
    }
    found = deck(cards, states, now=NOW, touched={1})
    assert [each.card.id for each in found.due] == ["s2~x", "s1~x", "s0~x"]
    assert deck(cards[3:], states, now=NOW, touched={1}).next_at == states["s3~x"].due


def test_sections_of_attempted_exercises_are_asked_about_first() -> None:
    cards = [Card(f"s{number}~x", "What?", f"s{number}", "S", 1, 0) for number in range(3)]
    found = deck(cards, {}, now=NOW, touched={1}, first={"s2"})
    assert [each.card.section for each in found.due] == ["s2", "s0", "s1"]


def test_new_cards_of_two_lessons_take_turns() -> None:
    cards = [
        Card(f"{lesson}.{rank}~x", "What?", str(lesson), "S", lesson, rank)
        for lesson in (1, 2)
        for rank in (0, 1)
    ]
    found = deck(cards, {}, now=NOW, touched={1, 2})
    assert [(each.card.lesson, each.card.rank) for each in found.due] == [(1, 0), (2, 0), (1, 1), (2, 1)]


def test_an_answer_is_the_opening_and_the_paragraph_that_fits_the_question() -> None:
    body = read_section("linear.softmax")
    why = answer(body, "Why does softmax use the exponential?")
    assert why.startswith("Softmax turns a list of scores")
    assert "The exponential does two jobs" in why
    formula = answer(body, "What is the softmax formula?")
    assert "$$" in formula


def test_every_card_of_the_course_has_an_answer() -> None:
    for card in cards_of(section for lesson in outline() for section in lesson.sections):
        text = answer(read_section(card.section), card.question)
        assert len(text) > 80, card
        assert not text.startswith(("#", "```", "|")), card
