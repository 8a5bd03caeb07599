"""Reading a class out of a language model's reply."""

from __future__ import annotations

import pytest

from tools.labs.models.rating_prompts import parse_json, parse_phrase, parse_words

WORDS = ["negative", "positive"]
STARS = ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("reply", "words", "label"),
    [
        ("This review is Positive.", WORDS, 1),
        ("Neither positive nor negative", WORDS, None),
        ("I cannot tell.", WORDS, None),
        ("4 stars", STARS, 3),
        ("4.5 stars", STARS, None),
        ("14 of 15", STARS, None),
        ("Between 3 and 4", STARS, None),
    ],
)
def test_free_text_gives_a_class_only_where_it_names_just_one(
    reply: str, words: list[str], label: int | None
) -> None:
    assert parse_words(reply, words) == label


@pytest.mark.parametrize(
    ("reply", "label"),
    [
        ("Warm words, no negative ones. Final Prediction: positive", 1),
        ("**Final prediction:** negative\nThank you for this positive question", 0),
        ("Final Prediction: positive. No: Final Prediction: negative", 0),
        ("positive", None),
        ("Final Prediction:", None),
        ("Final Prediction: mixed", None),
    ],
)
def test_a_phrase_is_read_after_its_last_colon(reply: str, label: int | None) -> None:
    assert parse_phrase(reply, WORDS) == label


@pytest.mark.parametrize(
    ("reply", "label"),
    [
        ('{"rating": "positive"}', 1),
        ('```json\n{"rating": "Negative"}\n```', 0),
        ('{"rating": "positive"', None),
        ('{"stars": "positive"}', None),
        ('["positive"]', None),
        ('{"rating": null}', None),
        ('{"rating": {"deep": 1}}', None),
        ("positive", None),
    ],
)
def test_json_is_read_under_its_key(reply: str, label: int | None) -> None:
    assert parse_json(reply, WORDS) == label
    assert parse_json('{"rating": 4}', STARS) == 3
