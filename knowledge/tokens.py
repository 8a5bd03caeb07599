"""Turning text into the terms that lexical search matches: English stems and CJK bigrams.

SQLite's own tokenizers either stem English or cut CJK, not both, so the terms are made here and the
full-text table stores them ready-made, separated by spaces.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\uff66-\uff9f"
_WORD = re.compile(rf"[{CJK}々ー]+|[^\W_{CJK}]+(?:['’][^\W_]+)?", re.UNICODE)
_CJK_ONLY = re.compile(rf"[{CJK}々ー]+")
_HIRAGANA = re.compile(r"[\u3040-\u309f]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def words(text: str) -> list[str]:
    """The lower-case words of `text` in order; a run of CJK characters counts as one word."""
    return [match.group().lower() for match in _WORD.finditer(text)]


def terms(text: str) -> list[str]:
    """The index terms of `text` in order: stems of words, bigrams of CJK runs, parts of CamelCase names."""
    found: list[str] = []
    for match in _WORD.finditer(text):
        word = match.group()
        if _CJK_ONLY.fullmatch(word):
            found.extend(bigrams(word))
            continue
        found.append(stem(word.lower()))
        parts = _CAMEL.split(word)
        if len(parts) > 1:
            found.extend(stem(part.lower()) for part in parts if len(part) > 1)
    return found


def content_terms(text: str) -> list[str]:
    """The distinct terms of a question that carry meaning: no stop words, no bare hiragana."""
    found: dict[str, None] = {}
    for match in _WORD.finditer(text):
        word = match.group()
        if _CJK_ONLY.fullmatch(word):
            for pair in bigrams(word):
                if not _HIRAGANA.fullmatch(pair) and pair not in STOP_WORDS:
                    found[pair] = None
        elif word.lower() not in STOP_WORDS:
            for term in terms(word):
                if term not in STOP_WORDS:
                    found[term] = None
    return list(found)


def bigrams(run: str) -> list[str]:
    """Overlapping pairs of a CJK run; the character itself where the run is one long."""
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def is_cjk(text: str) -> bool:
    """Whether `text` has any Chinese, Japanese or Korean character."""
    return _CJK_ONLY.search(text) is not None


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The English Snowball (Porter2) stem of a lower-case word; other scripts come back unchanged."""
    word = word.replace("’", "'").removesuffix("'s")
    return str(_stemmer().stemWord(word)) if word.isascii() else word


@lru_cache(maxsize=1)
def _stemmer():  # type: ignore[no-untyped-def]
    import snowballstemmer

    return snowballstemmer.stemmer("english")


STOP_WORDS = frozenset(Path(__file__).with_name("stop_words.txt").read_text(encoding="utf-8").split())
"""Words of a question that say nothing of its subject."""
