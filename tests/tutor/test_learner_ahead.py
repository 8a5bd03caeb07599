"""When a question comes again, in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tutor.learner.ahead import ahead

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (timedelta(minutes=-5), "at once"),
        (timedelta(minutes=1), "in 1 minute"),
        (timedelta(minutes=89), "in 89 minutes"),
        (timedelta(hours=6, minutes=30), "today at 18:30"),
        (timedelta(hours=13), "tomorrow"),
        (timedelta(days=8), "in 8 days"),
    ],
)
def test_it_is_said_as_people_say_it(after: timedelta, words: str) -> None:
    assert ahead(NOW + after, NOW) == words


def test_days_are_named_where_there_is_room_for_it() -> None:
    assert ahead(NOW + timedelta(days=8), NOW, dated=True) == "in 8 days, on 29 November 2026"
    assert ahead(NOW + timedelta(minutes=10), NOW, dated=True) == "in 10 minutes"


def test_today_ends_where_the_person_is() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=10)))  # 22:00 of the same day
    assert ahead(NOW + timedelta(hours=3), there) == "tomorrow"
