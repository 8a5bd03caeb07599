"""The glossary: each concept that the course defines, with the sentence that defines it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.lessons import SectionInfo, outline, read_section


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """A concept, the sentence of the course that defines it (Markdown, one line) and where it stands."""

    term: str
    definition: str
    section: SectionInfo


def glossary(folder: Path | None = None) -> list[GlossaryEntry]:
    """Every concept of the course, in alphabetical order; a term in Japanese comes after those in Latin."""
    entries = [
        GlossaryEntry(concept, definition(concept, read_section(section.id, folder)), section)
        for lesson in outline(folder)
        for section in lesson.sections
        for concept in section.concepts
    ]
    return sorted(entries, key=lambda entry: entry.term.casefold())


def definition(term: str, body: str) -> str:
    """The sentence of a section's Markdown that defines `term`; "" where none does.

    A sentence defines a term where it begins with it and says what it is, or else calls something by it, or
    else begins with it and says anything.
    """
    name = _pattern(term)
    ranked = [
        rf"{_ARTICLE}{name}{_ASIDE}\s*(?:{_IS})",
        rf"[^.]{{0,80}}\({name}\)",
        rf".*(?:\*\*{name}\*\*|\b(?:called|named|known as|is|are) {_ARTICLE}{name})",
        rf"{_ARTICLE}{name}",
    ]
    sentences = [each for each in _sentences(body) if not each[:1].islower()]
    for pattern in (re.compile(each, re.IGNORECASE) for each in ranked):
        for sentence in sentences:
            if pattern.match(sentence):
                return sentence
    return ""


def _pattern(term: str) -> str:
    """The term with spaces or hyphens between its words, singular or plural, not inside another word."""
    words = [re.escape(word) for word in re.split(r"[\s-]+", term)]
    last = words[-1]
    if last.isascii():
        stem = last[:-1] if last.endswith("y") else last
        words[-1] = rf"{stem}(?:y|ies)" if last.endswith("y") else rf"{stem}(?:e?s)?"
        return rf"(?<![A-Za-z])[*`_\"“]*{'[ -]'.join(words)}[*`_\"”]*(?![A-Za-z])"
    return rf"[*`「]*{'[ -]?'.join(words)}[*`」]*"


def _sentences(body: str) -> Iterator[str]:
    """The sentences of paragraphs and list items, outside code, tables, headings and displayed formulas."""
    text = _DISPLAYED.sub("\n\n", _FENCE.sub("\n\n", body))
    for block in re.split(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )", text):
        line = " ".join(block.split())
        if line and not line.startswith(("#", "|")):
            yield from _SENTENCE_END.split(re.sub(r"^(?:[-*]|\d+\.) ", "", line))


_ARTICLE = r"(?:(?:an?|the|every|each) )?"
_ASIDE = r"(?:\s*[(（][^)）]*[)）]|,[^,.]*,)?[*]*"
_IS = (
    r":|：|\b(?:is|are|was) (?:an?|the|any|one|how|what|where|when|all|every|each|part|those|two|three"
    r"|\w+ing)\b|\b(?:means?|turns?|measures?|divides?|makes?|says|picks?|stands? for)\b|\bmultipl|とは|は"
)
_FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_DISPLAYED = re.compile(r"^\$\$.*?\$\$$", re.DOTALL | re.MULTILINE)
_SENTENCE_END = re.compile(
    r"(?<!et al\.)(?<!e\.g\.)(?<!i\.e\.)(?<!vs\.)(?<=[.!?])\s+(?=[A-Z\"“(*$`\d])|(?<=。)\s*(?=\S)"
)
