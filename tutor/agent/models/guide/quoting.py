"""Choosing which blocks of which passages to quote; quotes are slices, and so verbatim."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.tokens import content_terms, terms
from tutor.agent.turn import ShownPassage

Kind = Literal["prose", "list", "table", "formula", "code", "heading"]


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, list, table, formula, code block or heading of a passage: `text[start:end]`."""

    passage: ShownPassage
    start: int
    end: int
    kind: Kind

    @property
    def text(self) -> str:
        return self.passage["text"][self.start : self.end]


@dataclass(frozen=True, slots=True)
class Quote:
    """A run of blocks of one passage, verbatim; `role` chooses the words of ours before it."""

    passage: ShownPassage
    start: int
    end: int
    kind: Kind
    role: str = "from"

    @property
    def text(self) -> str:
        return self.passage["text"][self.start : self.end]


def blocks_of(passage: ShownPassage) -> list[Block]:
    """The passage's blocks in order; code fences stay whole, blank lines separate the rest."""
    text = passage["text"]
    found: list[Block] = []
    start, fence, position = -1, "", 0
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        begins_fence = _FENCE.match(stripped)
        if fence:
            if stripped.startswith(fence) and not stripped.strip(fence[0]):
                found.append(Block(passage, start, position + len(line.rstrip()), "code"))
                start, fence = -1, ""
        elif begins_fence:
            _close(found, passage, start, position)
            start, fence = position, begins_fence.group()
        elif not stripped or stripped.startswith("#"):
            _close(found, passage, start, position)
            start = -1
            if stripped:
                _close(found, passage, position, position + len(line))
        elif start < 0:
            start = position
        position += len(line)
    _close(found, passage, start, position)
    return found


def _close(found: list[Block], passage: ShownPassage, start: int, end: int) -> None:
    if start < 0:
        return
    text = passage["text"][start:end]
    if text.strip():
        found.append(Block(passage, start, start + len(text.rstrip()), _kind(text)))


def _kind(text: str) -> Kind:
    lines = [line for line in text.splitlines() if line.strip()]
    first = lines[0].strip()
    if _FENCE.match(first):
        return "code"
    if _HEADING.match(first):
        return "heading"
    if first.startswith("|") and len(lines) > 1:
        return "table"
    if first.startswith(("$$", r"\[", r"\begin{")):
        return "formula"
    if any(_ITEM.match(line) for line in lines):
        return "list"
    return "prose"


class Scorer:
    """Rates blocks for one question: rare shared words, the section's name, the search's own ranking."""

    def __init__(self, question: str, passages: Sequence[ShownPassage]) -> None:
        asked = content_terms(question)
        # The halves of "LoRA" and "LLMs" say nothing beside the whole.
        whole = {term for term in asked if len(term) > 2 or not (term.isascii() and term.isalpha())}
        self._asked = whole or set(asked)
        self._defines = _ASKS_DEFINITION.search(question) is not None and len(asked) <= SHORT_QUESTION
        self._steps = _ASKS_STEPS.search(question) is not None
        self._code = _ASKS_CODE.search(question) is not None
        blocks = [block for passage in passages for block in blocks_of(passage)]
        counts = Counter(term for block in blocks for term in self._asked & set(terms(block.text)))
        self._weight = {
            term: math.log(1 + (len(blocks) + 1) / (1 + counts[term])) * (0.3 if term in VAGUE else 1.0)
            for term in self._asked
        }
        self._total = sum(self._weight.values()) or 1.0
        self._top = max((passage["score"] for passage in passages), default=0.0) or 1.0

    def shared(self, text: str) -> float:
        """The weighted share of the question's words that `text` has, 0..1."""
        there = set(terms(text))
        return sum(weight for term, weight in self._weight.items() if term in there) / self._total

    def missing(self, text: str) -> set[str]:
        """The question's words that `text` lacks."""
        return self._asked - set(terms(text))

    def rate(self, block: Block, place: int) -> float:
        """Higher answers better; `place` is the block's position among the passage's content blocks."""
        passage, text = block.passage, block.text
        score = (
            self.shared(text)
            + 0.35 * self.shared(passage["section"])
            + SEARCH_WEIGHT * passage["score"] / self._top
        )
        if passage["asks"]:
            score += 0.4 * max(self.shared(ask) for ask in passage["asks"]) * (1.0 if place == 0 else 0.3)
        score += 0.1 if place == 0 else 0.0
        if self._defines and self.is_definition(text):
            score += 0.35
        if self._steps and block.kind == "list":
            score += 0.15
        if block.start == 0 and _DANGLING.match(text):
            score -= 0.5  # what it points back to is in another passage
        if block.end == len(passage["text"].rstrip()) and _introduces(text):
            score -= 0.5  # what it leads to is
        if block.kind == "code" and not self._code:
            score -= 0.8
        if len(text) < 60:
            score -= 0.5
        if text.rstrip().endswith(("?", "？")) or _EXERCISE.match(text):
            score -= 1.5
        if block.kind != "code" and _BRACKETED.search(text):
            score -= 1.0  # its [3] would read as one of our citations
        if passage["kind"] in ("hint", "solution") or passage["section"].endswith(_EXERCISE_HEADINGS):
            score -= 1.5
        return score

    @property
    def wants_code(self) -> bool:
        """Whether the question asks for code."""
        return self._code

    @property
    def wants_definition(self) -> bool:
        """Whether the question asks what something is."""
        return self._defines

    def is_definition(self, text: str) -> bool:
        """Whether a sentence of `text` says what something asked for is."""
        for sentence in _SENTENCE.split(text)[:3]:
            first = _SUBJECT.match(sentence)
            if _DENIES.match(sentence):
                continue
            if first and self._asked & set(terms(first.group("what"))):
                return True
            found = _DEFINES.search(sentence)
            if found and (not self._asked or self._asked & set(terms(sentence[: found.start() + 40]))):
                return True
        return False


def widen(block: Block, blocks: Sequence[Block], longest: int) -> tuple[int, int]:
    """(start, end) of the quote around `block`, with what it points back to and what it introduces."""
    place = blocks.index(block)
    first = last = place

    def length() -> int:
        return blocks[last].end - blocks[first].start

    while (
        first > 0
        and (_DANGLING.match(blocks[first].text) or _introduces(blocks[first - 1].text))
        and blocks[first - 1].kind != "heading"
        and blocks[last].end - blocks[first - 1].start <= longest
    ):
        first -= 1
    while last + 1 < len(blocks) and blocks[last + 1].kind != "heading":
        following = blocks[last + 1]
        introduces = _introduces(blocks[last].text)
        short = length() < 260 and following.kind in ("prose", "list", "formula")
        goes_on = following.kind == "prose" and _DANGLING.match(following.text) and length() < 450
        if not (introduces or short or goes_on) or following.end - blocks[first].start > longest:
            break
        last += 1
    return blocks[first].start, blocks[last].end


def _introduces(text: str) -> bool:
    """Whether a paragraph leads into what follows: it ends with a colon, or in the middle of a sentence."""
    last = text.rstrip(' *_)”"\n')
    return last.endswith((":", "：", "—", ",")) or (_kind(text) == "prose" and last[-1:].isalpha())


def best_blocks(scorer: Scorer, passages: Sequence[ShownPassage]) -> list[tuple[float, Block]]:
    """All blocks worth quoting, best first; ties in reading order."""
    rated: list[tuple[float, Block]] = []
    for passage in passages:
        content = [block for block in blocks_of(passage) if block.kind != "heading"]
        rated.extend((scorer.rate(block, place), block) for place, block in enumerate(content))
    return sorted(rated, key=lambda pair: -pair[0])


SHORT_QUESTION = 4
"""Terms up to which "what is" asks for a definition; with more it asks for something about the thing."""

SEARCH_WEIGHT = 4.0
"""How much the search's ranking of passages counts against the words of a single block: on the question
files over the seed documents, 5 quotes the right section first most often."""
_EXERCISE_HEADINGS = ("Try it", "やってみよう")
_EXERCISE = re.compile(
    r"^\W*(?:bonus )?(?:exercise|question|task|quiz|think|homework|try it)\b|^\W*(?:課題|演習|問題|考えて)",
    re.IGNORECASE,
)
_ASKS_CODE = re.compile(
    r"\b(?:code|pytorch|python|sklearn|scikit|keras|implement\w*|function|import|api|library|script|syntax"
    r"|call)\b|コード|実装",
    re.IGNORECASE,
)
VAGUE = frozenset(
    re.findall(
        r"\S+",
        """
    good bad better best worse import help matter useful need possibl fast slow hard easi common type
    kind appli calcul comput defin differ chang avoid fix relat advantag disadvantag benefit pro con
    purpos point main step long big small look measur
        """,
    )
)
"""Stems of words that say little about what a question is about."""
_FENCE = re.compile(r"^(`{3,}|~{3,})")
_HEADING = re.compile(r"^#{1,6}\s")
_ITEM = re.compile(r"^\s*(?:[-*+•・]|\d{1,2}[.)])\s+")
_BRACKETED = re.compile(r"[\[［【]\s*\^?\d{1,3}(?:\s*[,\-–]\s*\d{1,3})*\s*[\]］】]")
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s*")
_SUBJECT = re.compile(
    r"^\W*(?:an? |the )?(?P<what>(?:[\w-]+ ){0,3}[\w-]+)\W{0,2}(?:,[^,]{3,60},| \([^)]*\))?"
    r" (?:is|are|means|tells?|turns?|gives?|keeps?|takes?|trains?|makes?|measures?|splits?|maps?|adds?"
    r"|divides?)\b",
    re.IGNORECASE,
)
_DENIES = re.compile(r"^[^.]{0,80}?\b(?:not|never|no)\b", re.IGNORECASE)
_DEFINES = re.compile(
    r"\b(?:is|are) (?:an?|the|defined|called|simply|just|one|how|when|what|any|used)\b|\b(?:means|refers to"
    r"|is known as|stands for)\b"
    r"|\b(?:we|is|are|be) (?:call|calls|called|define|defined)\b|とは|のことです|と呼(?:び|ば)|を指し"
    r"|である。|です。",
    re.IGNORECASE,
)
_ASKS_DEFINITION = re.compile(
    r"\b(?:what(?:'s| is| are| does)|define|definition|meaning|mean)\b|とは|何ですか|って何|定義|意味",
    re.IGNORECASE,
)
_ASKS_STEPS = re.compile(
    r"\b(?:how (?:do|to|does|can|is|are)|steps?|which|list|types?|kinds?|ways?|stages?)\b|手順|種類|方法"
    r"|どうやって",
    re.IGNORECASE,
)
_DANGLING = re.compile(
    r"^(?:[-*>\s_]*)(?:where (?=\$)|this|that|these|those|it|its|they|their|them|such|here|however|therefore"
    r"|thus|hence|then|but|also|so|instead"
    r"|otherwise|similarly|likewise|moreover|furthermore|as a result|for example|for instance|in this|in"
    r" that|in other words"
    r"|the (?:same|latter|former|above|following))\b"
    r"|^(?:これ|それ|この|その|こう|そう|また|しかし|つまり|例えば|たとえば|そのため|したがって|ここ|同様)",
    re.IGNORECASE,
)
