"""Finding the headings of a text that has lost its markup.

A heading wrongly seen breaks a section apart and puts a wrong name over it; one missed only leaves a
section longer. So a line must look like a heading and stand like one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.loaders.bullets import ITEM


@dataclass(frozen=True, slots=True)
class Place:
    """What stands around a line: the kinds ("blank", "list", "code", "prose", "") and lengths beside it.

    `previous` and `following` are the nearest lines that are not blank; `blank_before` and
    `blank_after` whether a blank lies between. `spaced` tells whether the text parts its
    paragraphs by blank lines at all.
    """

    previous: str
    previous_kind: str
    following: str
    following_kind: str
    blank_before: bool
    blank_after: bool
    spaced: bool


# ranks of headings, outermost first; a numbered one has CHAPTER + 10 for each further number
PART, CHAPTER, EXERCISE = 10, 20, 90
UNNUMBERED = 5  # added to the rank of the numbered heading it stands under


def heading_rank(line: str, place: Place, under: int) -> int:
    """The rank of a line as a heading, or 0 where it is none.

    `under` is the rank of the last numbered heading above it.
    """
    text = line.strip()
    if len(line) - len(line.lstrip()) > 3 or not 2 <= len(text) <= 110 or ITEM.match(text):
        return 0
    numbered = _NUMBERED.match(text)
    if numbered and _ends_open(text):
        return CHAPTER + 10 * numbered[1].count(".")
    if _ends_open(text) or text.endswith(("?", "？")):
        for pattern, rank in ((_EXERCISE, EXERCISE), (_PART, PART), (_CHAPTER, CHAPTER)):
            if pattern.match(text) and (place.blank_before or place.blank_after or not place.spaced):
                return rank
    return under + UNNUMBERED if _stands_as_heading(text, place) else 0


def is_title(text: str) -> bool:
    """Whether the first line of a text can be its title."""
    text = text.strip()
    return 3 <= len(text) <= 110 and _ends_open(text) and not ITEM.match(text) and "://" not in text


def _stands_as_heading(text: str, place: Place) -> bool:
    if text.strip(" :").lower() in _LABELS or _CODE_SIGNS.search(text) or not place.following:
        return False
    if _CJK.search(text):
        return place.blank_before and place.blank_after and _is_cjk_heading(text)
    words = text.split()
    if len(words) > 11 or len(text) > 80 or not _ends_open(text) or not text[0].isupper():
        return False
    if place.following_kind == "list" and (
        place.blank_before or place.previous_kind in ("list", "code", "heading")
    ):
        return _title_case(words) >= 0.6
    if place.spaced and place.blank_after and place.previous_kind in ("list", "code"):
        return _title_case(words) >= 0.6 and len(words) <= 8
    if place.blank_before and place.blank_after:
        if place.following_kind in ("code", "list") and len(words) > 6:
            return _title_case(words) >= 0.6
        if len(place.following) < 60 and place.following_kind == "prose" and _title_case(words) < 0.6:
            return False
        return _title_case(words) >= 0.6 or (len(words) <= 6 and not _SENTENCE.search(text))
    if place.spaced or len(words) < 2:
        return False
    # no blank lines in the whole text: a short line between the end of one long paragraph and another
    ended = place.previous.rstrip().endswith((".", "?", "!", ":", ")", "|")) or place.previous_kind == "code"
    long_before = len(place.previous) >= 100 or place.previous_kind == "code"
    return ended and long_before and len(place.following) >= 120 and len(words) <= 8


def _is_cjk_heading(text: str) -> bool:
    if len(text) > 45 or re.search(r"[、。,;:：；！!$]|[?？]$", text):
        return False
    return not _CJK_SENTENCE_END.search(text)


def _ends_open(text: str) -> bool:
    """No mark at the end that ends or continues a sentence."""
    return not text.endswith(
        (".", ",", ";", ":", "!", "。", "、", "：", "！", "；", "|", "\\", "…", "$", "=", "{")
    )


def _title_case(words: list[str]) -> float:
    """The share of words, small ones aside, that begin with a capital or digit."""
    weighty = [word.strip("(\"'“‘*") for word in words if word.lower().strip("()") not in _SMALL]
    weighty = [word for word in weighty if word[:1].isalnum()]
    if not weighty:
        return 0.0
    return sum(word[0].isupper() or word[0].isdigit() for word in weighty) / len(weighty)


_CJK = re.compile("[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_NUMBERED = re.compile(
    r"(\d{1,2}(?:\.\d{1,2}){1,4})\.?\s*(?=[A-Z“\"(\u3041-\u9fff]|\d{1,2} [A-Z])(?!.*\s=\s)"
)
_NUMERAL = r"\s*(?:\d{1,3}(?:\.\d{1,2})*|[IVXLC]{1,5})"
_AFTER = r"\s*(?:[:.\-–—：|]\s*\S.*|[A-Z][\w-]*(?: (?:[A-Z(][\w()-]*|of|and|the|to|in|for|with|a|an)){0,9})?$"
_PART = re.compile(rf"(?:Part|Module|Unit|Volume){_NUMERAL}{_AFTER}|第\s*[\d一二三四五六七八九十]+\s*部")
_CHAPTER = re.compile(
    rf"(?:Chapter|Section|Lesson|Lecture|Week|Session|Day|Appendix|Tutorial){_NUMERAL}{_AFTER}"
    r"|第\s*[\d一二三四五六七八九十]+\s*[章節回週課讲講]"
    r"|(?:ボーナス)?(?:セクション|チュートリアル|レッスン|チャプター|ステップ)\s*\d*\s*[:：]\s*\S"
)
_EXERCISE = re.compile(
    r"(?:(?:Coding )?Exercise|Think|Activity|Task|Quiz|Problem|Interactive Demo)\s*\d[\d.]*\s*[!:：.]?\s+\S"
    r"|(?:コーディング)?(?:演習|練習|問題|課題)\s*\d[\d.]*\s*[!:：.]?\s*\S"
)
_LABEL_WORDS = """code output input note notes tip tips warning important info caution copy result results
hint solution answer danger attention q a yes no"""
_LABELS = {*_LABEL_WORDS.split(), "see also"}
_SMALL_WORDS = "a an the of and or in on to for with from by at as vs vs. is are & via into per it we"
_SMALL = frozenset(_SMALL_WORDS.split())
_CODE_SIGNS = re.compile(
    r"[={}<>$\\^]|\(\)|://|\|.*\||\w\.\w+\(|[a-z]_[a-z]|\S;|\.\s\S|^[\W\d]+$|--|[\"“”]|\d,\s?\d"
)
_SENTENCE = re.compile(
    r"\b(?:I|we|you|they|it|is|are|was|were|will|can|should|have|has|had|do|does|did|let|let's|this|these"
    r"|here|there|that|if|when|please|thanks?|by|click|read|see|get|set|also)\b",
    re.IGNORECASE,
)
_CJK_SENTENCE_END = re.compile(
    r"(?:です|ます|ました|ません|でした|した|する|ある|いる|なる|れる|ない|ください|による|によって|には|では|とは|から|まで|など|"
    r"[はがをにへもや]|です[かね]|[了吗呢])$"
)
