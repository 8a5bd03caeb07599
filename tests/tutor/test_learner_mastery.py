"""Mastery: what an exercise or a quiz answer is worth, and how it is capped, weighed and lost again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.learner.mastery import HALF_LIFE_DAYS, Evidence, estimate, mastery
from tutor.learner.records import Attempt, Help, History, Rating, Review

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def day(number: float) -> str:
    return (NOW + timedelta(days=number)).isoformat(timespec="milliseconds")


def attempt(exercise: str, at: str, passed: bool) -> Attempt:
    return Attempt(f"{exercise}{at}{passed}", exercise, at, passed, 1.0)


def known(*attempts: Attempt, help: tuple[Help, ...] = (), reviews: tuple[Review, ...] = ()) -> float:
    history = History(attempts=attempts, help=help, reviews=reviews)
    found = mastery(
        history,
        exercise_concepts={"softmax": ["softmax"], "cross": ["softmax"], "third": ["softmax"]},
        section_concepts={"linear.softmax": ["softmax"]},
        now=NOW,
    )
    return found["softmax"].value if found else 0.0


def test_one_pass_gives_half_at_most_and_more_passes_more() -> None:
    one = known(attempt("softmax", day(0), True))
    two = known(attempt("softmax", day(0), True), attempt("cross", day(0), True))
    three = known(*(attempt(each, day(0), True) for each in ("softmax", "cross", "third")))
    assert (one, two, three) == (0.5, 0.75, 0.875)


def test_checking_a_solved_exercise_again_and_again_on_one_day_adds_nothing() -> None:
    many = [attempt("softmax", day(-minute / 1440), True) for minute in range(20)]
    assert known(*many) == pytest.approx(0.5, abs=0.01)


def test_failing_on_the_way_to_the_first_pass_costs_nothing() -> None:
    assert known(
        attempt("softmax", day(-3), False),
        attempt("softmax", day(-2), False),
        attempt("softmax", day(0), True),
    ) == known(attempt("softmax", day(0), True))


def test_failing_after_a_pass_lowers_and_failing_alone_is_nothing_known() -> None:
    passed = [attempt("softmax", day(-5), True), attempt("cross", day(-5), True)]
    assert known(*passed, attempt("softmax", day(0), False)) < known(*passed)
    assert known(attempt("softmax", day(0), False)) == 0.0


def test_each_hint_lowers_what_a_pass_is_worth_and_the_solution_most() -> None:
    passes = [attempt(each, day(0), True) for each in ("softmax", "cross", "third")]

    def with_help(rung: int) -> float:
        names = ("softmax", "cross", "third")
        return known(*passes, help=tuple(Help(name, rung, day(-0.1)) for name in names))

    values = [known(*passes), with_help(2), with_help(3), with_help(4)]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == 4


def test_help_looked_at_after_the_pass_does_not_count() -> None:
    passes = [attempt(each, day(-1), True) for each in ("softmax", "cross", "third")]
    assert known(*passes, help=(Help("softmax", 4, day(0)),)) == known(*passes)


def test_what_is_not_practised_is_lost_by_halves() -> None:
    passed = attempt("softmax", day(-HALF_LIFE_DAYS), True)
    assert known(passed) == pytest.approx(1 - 0.5**0.5)
    assert known(attempt("softmax", "0001-01-01T00:00:00.000+00:00", True)) == 0.0


def test_quiz_answers_count_half_and_the_last_one_of_a_day_decides() -> None:
    def review(at: float, rating: Rating) -> Review:
        return Review(f"{at}{rating}", "linear.softmax~1234abcd", day(at), rating)

    assert known(reviews=(review(0, 4),)) == pytest.approx(1 - 0.5**0.5)
    assert known(reviews=(review(-0.01, 1), review(0, 4))) == known(reviews=(review(0, 4),))
    assert known(reviews=(review(0, 1),)) == 0.0


def test_the_evidence_says_where_it_comes_from() -> None:
    found = mastery(
        History(
            attempts=(attempt("softmax", day(-1), True),),
            reviews=(Review("k", "linear.softmax~1234abcd", day(-2), 3),),
        ),
        exercise_concepts={"softmax": ["softmax"]},
        section_concepts={"linear.softmax": ["softmax", "logistic regression"]},
        now=NOW,
    )
    assert [(each.kind, each.source) for each in found["softmax"].evidence] == [
        ("quiz", "linear.softmax"),
        ("exercise", "softmax"),
    ]
    assert [each.kind for each in found["logistic regression"].evidence] == ["quiz"]


@given(
    st.lists(
        st.builds(
            Evidence,
            kind=st.just("exercise"),
            source=st.just("softmax"),
            at=st.datetimes(timezones=st.just(UTC)),
            worth=st.floats(0, 1),
            weight=st.floats(0, 1),
        ),
        max_size=12,
    )
)
def test_mastery_stays_between_nothing_and_all_whatever_the_evidence(evidence: list[Evidence]) -> None:
    assert 0.0 <= estimate(evidence, NOW) <= 1.0
