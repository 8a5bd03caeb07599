"""The cutting of a document into passages, along its structure.

A passage stays within one section, is 300 to 900 characters where the section allows, and never ends
inside a formula, a table row, a code line or, as long as it can be helped, a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from knowledge.duplicates import keep_first
from knowledge.passages import Block, Document, Passage, PassageKind
from knowledge.splitting import Piece, join, pieces_of


def cut_document(document: Document) -> list[Passage]:
    """The passages of `document`; near-duplicates are kept once, contentless ones dropped."""
    found: list[tuple[tuple[str, ...], list[Piece]]] = []
    blocks = _without_repeated_code(document.blocks)
    if all(block.kind == "heading" for block in blocks):
        # A note of one line looks like a heading; it is all there is to find.
        blocks = [replace(block, kind="prose", level=0) for block in blocks]
    for headings, section in _sections(document.title, blocks):
        for group in _groups([piece for block in section for piece in pieces_of(block)]):
            found.append((headings, group))
    texts = [join(group) for _, group in found]
    kept = [index for index in keep_first(texts) if not _is_empty(texts[index])]
    return [
        Passage(
            source=document.source,
            title=document.title,
            headings=found[index][0],
            text=texts[index],
            location=merge_locations([piece.location for piece in found[index][1]]),
            kind=_kind(found[index][1]),
            language=language_of(texts[index]),
            ordinal=ordinal,
            asks=document.asks if ordinal == 0 else (),
        )
        for ordinal, index in enumerate(kept)
    ]


def merge_locations(locations: Sequence[str]) -> str:
    """One location for several: "cell 4" and "cell 6" make "cells 4-6"."""
    numbered = [_NUMBERED.fullmatch(location) for location in locations]
    if numbered and all(numbered) and len({found[1] for found in numbered if found}) == 1:
        first = min(int(found[2]) for found in numbered if found)
        last = max(int(found[3] or found[2]) for found in numbered if found)
        unit = numbered[0][1] if numbered[0] else ""
        return f"{unit} {first}" if first == last else f"{unit}s {first}-{last}"
    begin, end = locations[0], locations[-1]
    if begin == end:
        return begin
    if _TIMES.match(begin) and _TIMES.match(end):
        return f"{begin.split('-')[0]}-{end.split('-')[-1]}"
    return f"{begin} to {end}"


def language_of(text: str) -> str:
    """The language of a text as an ISO 639-1 code, by its script; text in Latin letters counts as "en"."""
    if text.isascii():
        return "en"
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    letters = [character for character in prose if character.isalpha()] or [c for c in text if c.isalpha()]
    counts = {name: len(pattern.findall(prose)) for name, pattern in _SCRIPTS.items()}
    if counts["kana"] + counts["zh"] > 0.15 * len(letters):
        return "ja" if counts["kana"] * 10 > counts["zh"] else "zh"
    del counts["kana"]
    name = max(counts, key=lambda script: counts[script])
    return name if counts[name] > 0.3 * len(letters) else "en"


def _sections(title: str, blocks: Sequence[Block]) -> Iterator[tuple[tuple[str, ...], list[Block]]]:
    """Each run of blocks between two headings, with the headings it stands under."""
    path: list[tuple[int, str]] = []
    run: list[Block] = []
    for block in blocks:
        if block.kind != "heading":
            run.append(block)
            continue
        if run:
            yield tuple(text for _, text in path), run
            run = []
        while path and path[-1][0] >= block.level:
            path.pop()
        if block.text != title:
            path.append((block.level, block.text))
    if run:
        yield tuple(text for _, text in path), run


def _groups(pieces: list[Piece]) -> list[list[Piece]]:
    """The pieces of a section as passages, so that sizes and breaks together are best.

    The cost of a passage is how far its size is from what is wanted, and of a break what it tears
    apart; the cheapest way to any piece is the cheapest way to an earlier one and one passage more.
    """
    groups: list[list[Piece]] = []
    start = 0
    for index in range(1, len(pieces) + 1):
        if index == len(pieces) or pieces[index].apart or pieces[index - 1].apart:
            if index < len(pieces) and pieces[index].apart and pieces[index].block is pieces[index - 1].block:
                continue
            groups += _best(pieces[start:index])
            start = index
    return groups


def _best(pieces: list[Piece]) -> list[list[Piece]]:
    count = len(pieces)
    best = [0.0] + [float("inf")] * count
    back = [0] * (count + 1)
    for end in range(1, count + 1):
        size = 0
        for start in range(end - 1, max(-1, end - 1 - MOST_PIECES), -1):
            size += pieces[start].size + 2
            if size > HARD_LIMIT and start < end - 1:
                break
            price = best[start] + _size_cost(size) + (_break_cost(pieces, end) if end < count else 0.0)
            if price < best[end]:
                best[end], back[end] = price, start
    groups: list[list[Piece]] = []
    end = count
    while end > 0:
        groups.append(pieces[back[end] : end])
        end = back[end]
    return groups[::-1]


def _size_cost(size: int) -> float:
    if size < SHORTEST:
        return 1.0 + 4.0 * (1 - size / SHORTEST)
    if size <= WANTED:
        return 1.0
    if size <= LONGEST:
        return 1.0 + 1.5 * (size - WANTED) / (LONGEST - WANTED)
    return 4.0 + (size - LONGEST) / 60


def _break_cost(pieces: list[Piece], at: int) -> float:
    """What it costs to end a passage before piece `at`."""
    left, right = pieces[at - 1], pieces[at]
    if left.block is right.block:
        return right.tear
    if left.leads:
        return 6.0
    if "formula" in (left.kind, right.kind):
        return 3.0
    if right.kind == "output":
        return 2.5
    if right.kind == "code" and left.kind != "code":
        return 1.5
    if left.kind == "prose" and right.kind in ("list", "table"):
        return 0.7
    return 0.0


def _kind(pieces: Sequence[Piece]) -> PassageKind:
    """The kind most of a passage is made of."""
    sizes: dict[PassageKind, int] = {}
    for piece in pieces:
        kind: PassageKind = "code" if piece.kind == "output" else piece.kind
        sizes[kind] = sizes.get(kind, 0) + piece.size
    return max(sizes, key=lambda kind: sizes[kind])


def _is_empty(text: str) -> bool:
    """Whether nothing is left to read once links, images and marks are gone."""
    bare = re.sub(r"!?\[[^\[\]]{0,300}\]\([^()]{0,500}\)|https?://\S{1,500}", "", text)
    letters = len(re.findall(r"[^\W\d_]", bare))
    wide = len(re.findall("[\u3041-\u9fff\uac00-\ud7af]", bare))
    return letters + wide < 12


def _without_repeated_code(blocks: Sequence[Block]) -> list[Block]:
    """The blocks without code said before: the same but for the names and numbers in its strings.

    Pages repeat such code with every video or feedback form they embed. Short code must come three
    times to count as such, since a lesson may well change one string to make its point.
    """
    shapes = [_shape(block) if block.kind == "code" else "" for block in blocks]
    counts: dict[str, int] = {}
    for shape in shapes:
        counts[shape] = counts.get(shape, 0) + 1
    seen: set[str] = set()
    kept: list[Block] = []
    for block, shape in zip(blocks, shapes, strict=True):
        if shape and shape in seen and (counts[shape] >= 3 or len(shape) > 600):
            continue
        seen.add(shape)
        kept.append(block)
    return kept


def _shape(block: Block) -> str:
    text = re.sub(r"\"[^\"\n]*\"|'[^'\n]*'", '""', block.text)
    text = re.sub(r"#[^\n]*", "#", text)
    return re.sub(r"\s+", " ", text)


MOST_PIECES = 60  # in one passage: of pieces so small that more would fit, there are too many to weigh
SHORTEST, WANTED, LONGEST, HARD_LIMIT = 300, 700, 900, 1300

_NUMBERED = re.compile(r"([a-z]+?)s? (\d+)(?:-(\d+))?")
_TIMES = re.compile(r"\d\d:\d\d:\d\d")
_SCRIPTS = {
    "kana": re.compile("[\u3041-\u30ff]"),
    "zh": re.compile("[\u3400-\u9fff]"),
    "ko": re.compile("[\uac00-\ud7af]"),
    "ru": re.compile("[\u0400-\u04ff]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "he": re.compile("[\u0590-\u05ff]"),
    "el": re.compile("[\u0370-\u03ff]"),
    "hi": re.compile("[\u0900-\u097f]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
}
