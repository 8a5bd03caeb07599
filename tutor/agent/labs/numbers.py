"""Numbers written in words, in English and in Japanese: "twenty-five hundred", 二千五百."""

from __future__ import annotations

import re


def with_digits(text: str, counted: str) -> str:
    """`text` (lower-case) with its numbers in words as digits where one of `counted` follows.

    `counted` is a pattern of the English nouns; elsewhere "one" and "two" are words like any other.
    """
    english = re.compile(rf"(?<![\w-]){_ENGLISH}(?= (?:\w+ )?(?:{counted})\b)")
    text = english.sub(lambda found: str(_english(found.group())), text)
    return _JAPANESE.sub(lambda found: str(_japanese(found.group())), text)


def _english(said: str) -> int:
    whole = part = 0
    for word in re.findall(r"[a-z]+", said):
        if word == "hundred":
            part = max(part, 1) * 100
        elif word == "thousand":
            whole, part = whole + max(part, 1) * 1000, 0
        else:
            part += _WORDS.get(word, 0)  # "a" and "and" count nothing
    return whole + part


def _japanese(said: str) -> int:
    whole = part = digit = 0
    for sign in said:
        if sign == "万":
            whole, part, digit = whole + max(part + digit, 1) * 10_000, 0, 0
        elif sign in _TENS:
            part, digit = part + max(digit, 1) * _TENS[sign], 0
        else:
            digit = _DIGITS.index(sign) + 1
    return whole + part + digit


_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_WORD = "|".join(sorted((*_WORDS, "hundred", "thousand"), key=len, reverse=True))
_ENGLISH = rf"(?:an? (?=hundred|thousand))?(?:{_WORD})(?:(?:[ -]| and )(?:{_WORD})(?![\w]))*"
_DIGITS = "一二三四五六七八九"
_TENS = {"十": 10, "百": 100, "千": 1000}
_JAPANESE = re.compile(
    r"[一二三四五六七八九十百千万]+(?=\s?(?:エポック|件|枚|層|回|周|ステップ|ニューロン|個|トークン))"
)
