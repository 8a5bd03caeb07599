"""The pieces a block may be taken apart into, and putting pieces together again as Markdown."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.passages import Block

PieceKind = Literal["prose", "list", "table", "formula", "code", "output", "hint", "solution"]


@dataclass(slots=True)
class Piece:
    """A part of a block that stays whole.

    `joint` stands between it and the piece before it in the same block; `tear` is what it costs to
    part the two; `leads` marks text that announces what comes next; `apart` one that shares no
    passage with other blocks (a hint, a solution); `header` the head of the table it is a row of.
    """

    block: Block
    kind: PieceKind
    text: str
    location: str
    joint: str = ""
    tear: float = 0.0
    leads: bool = False
    apart: bool = False
    header: str = ""

    @property
    def size(self) -> int:
        """Characters, as a reader meets them: a wide one (Japanese, Chinese, Korean) counts twice."""
        return len(self.text) + (0 if self.text.isascii() else len(_WIDE.findall(self.text)) // 2)


def pieces_of(block: Block) -> list[Piece]:
    """The pieces of a block in order: one if it is short, else its sentences, items, rows or lines."""
    if block.kind == "heading":
        return []
    kind: PieceKind = block.kind
    # a form cell shows its title and not its code: no prose around it is about that code
    apart = kind in ("hint", "solution") or (kind == "code" and block.text.startswith("# @title"))
    if len(block.text) <= _WHOLE[kind]:
        parts = [("", block.text, 0.0)]
        header = ""
    elif kind == "table":
        lines = block.text.split("\n")
        header = "\n".join(lines[:2])
        parts = [("\n", line, 0.2) for line in lines[2:]] or [("", block.text, 0.0)]
    else:
        header = ""
        parts = _SPLITTERS[kind](block.text)
    parts = [part for whole in parts for part in _bounded(*whole)]
    places = _places(block, parts)
    last = len(parts) - 1
    return [
        Piece(
            block, kind, text, places[index], joint if index else "", tear if index else 0.0,
            leads=index == last and kind in ("prose", "list") and _leads(text),
            apart=apart, header=header,
        )
        for index, (joint, text, tear) in enumerate(parts)
    ]  # fmt: skip


def join(pieces: Sequence[Piece]) -> str:
    """The text of a passage: its pieces as Markdown, code in fences, tables with their head."""
    written: list[str] = []
    index = 0
    while index < len(pieces):
        end = index + 1
        while end < len(pieces) and pieces[end].block is pieces[index].block:
            end += 1
        run = pieces[index:end]
        text = run[0].text + "".join(piece.joint + piece.text for piece in run[1:])
        first = run[0]
        if first.header:
            text = f"{first.header}\n{text}"
        if first.kind == "list":
            text = textwrap.dedent(_BLANK_BEFORE_ITEM.sub("\n", text))
        if first.kind in ("code", "output"):
            fence = "````" if "```" in text else "```"
            text = re.sub(r"\n{3,}", "\n\n", text.strip("\n"))
            text = f"{fence}{first.block.code_language}\n{text}\n{fence}"
        written.append(text)
        index = end
    return "\n\n".join(written)


def _prose(text: str) -> list[tuple[str, str, float]]:
    """Sentences; of one that is long, its lines."""
    parts: list[tuple[str, str, float]] = []
    begin = 0
    gap = ""
    for end in [*(found.end() for found in _SENTENCE_END.finditer(_masked(text))), len(text)]:
        whole = text[begin:end]
        sentence = whole.strip()
        begin = end
        if not sentence:
            continue
        joint = "\n" if "\n" in gap else " " if gap else ""
        lines = sentence.split("\n") if len(sentence) > LONG_SENTENCE else [sentence]
        parts.append((joint, lines[0], 0.6 if joint == "\n" else 1.2))
        parts += [("\n", line, 2.0) for line in lines[1:]]
        gap = whole[len(whole.rstrip()) :]
    return parts


def _masked(text: str) -> str:
    """The text with formulas, code and links blanked, so that no full stop in them ends a sentence."""
    return _INLINE.sub(lambda found: "x" * len(found[0]), text)


def _list(text: str) -> list[tuple[str, str, float]]:
    """Items with what belongs to them; a nested item costs more to part from the one above."""
    parts: list[list[str]] = []
    depths: list[int] = []
    fenced = False
    for line in text.split("\n"):
        item = None if fenced else _ITEM.match(line)
        if item or not parts:
            parts.append([line])
            depths.append(len(item[1]) if item else 0)
        else:
            parts[-1].append(line)
        whole = line.strip()
        if whole.startswith(("```", "~~~")) or (whole.count("$$") % 2):
            fenced = not fenced
    found: list[tuple[str, str, float]] = []
    least = min(depths)
    gap = "\n"
    for lines, depth, before in zip(parts, depths, [0, *depths], strict=False):
        tear = 0.3 if depth == least else 0.8 if depth <= before else 2.5
        whole = "\n".join(lines)
        body = whole.rstrip()
        joint, gap = gap, "\n" * (whole.count("\n") - body.count("\n") + 1)
        if len(body) <= 900 or "$$" in body or "```" in body:
            found.append((joint, body, tear))
        else:
            sentences = _prose(body)
            found += [(joint, sentences[0][1], tear), *sentences[1:]]
    return found


def _code(text: str) -> list[tuple[str, str, float]]:
    """Paragraphs of code, at blank lines outside strings; where one is long, its lines."""
    parts: list[tuple[str, str, float]] = []
    run: list[str] = []
    quote = ""
    blanks = 0
    for line in text.split("\n"):
        if not line.strip() and not quote:
            blanks += 1
            continue
        starts = bool(re.match(r"(?:def|class|async def|@|# [-=#]{3,}|function|export|public|fn) ?", line))
        if run and blanks:
            parts += _code_run(run, "\n" * (blanks + 1) if parts else "")
            run = []
        elif run and starts and not quote and not run[-1].startswith(("@", "#")):
            parts += _code_run(run, "\n" if parts else "")
            run = []
        if blanks and not run and parts:
            parts.append(("\n" * (blanks + 1), "", 0.0))
        blanks = 0
        run.append(line)
        for mark in ('"""', "'''"):
            if line.count(mark) % 2 and quote in ("", mark):
                quote = "" if quote else mark
    parts += _code_run(run, "\n")
    return _with_gaps(parts)


def _code_run(lines: list[str], joint: str) -> list[tuple[str, str, float]]:
    """One paragraph of code whole, or its lines where it is longer than a passage."""
    text = "\n".join(lines)
    indented = lines[0][:1].isspace() if lines else False
    if len(text) <= 900:
        return [(joint, text, 1.5 if indented else 0.3)]
    first = [(joint, lines[0], 1.5 if indented else 0.3)]
    return first + [("\n", line, 3.0 if line[:1].isspace() else 2.0) for line in lines[1:]]


def _with_gaps(parts: list[tuple[str, str, float]]) -> list[tuple[str, str, float]]:
    """The parts with each marker of blank lines turned into the joint of the part after it."""
    found: list[tuple[str, str, float]] = []
    gap = ""
    for joint, text, tear in parts:
        if not text:
            gap = joint
            continue
        found.append((gap or "\n", text, tear))
        gap = ""
    return found


def _folded(text: str) -> list[tuple[str, str, float]]:
    """The paragraphs of a hint or solution, its fences and formulas kept whole."""
    parts: list[tuple[str, str, float]] = []
    run: list[str] = []
    fenced = False
    for line in text.split("\n"):
        if not line.strip() and not fenced and run:
            parts.append(("\n\n", "\n".join(run), 0.3))
            run = []
            continue
        run.append(line)
        if line.strip().startswith(("```", "~~~")) or line.count("$$") % 2:
            fenced = not fenced
    if run:
        parts.append(("\n\n", "\n".join(run), 0.3))
    return parts


def _bounded(joint: str, text: str, tear: float) -> list[tuple[str, str, float]]:
    """A part as it is, or in pieces where no structure keeps it within bounds (a line of a megabyte)."""
    if len(text) <= LONGEST_PIECE:
        return [(joint, text, tear)]
    found: list[tuple[str, str, float]] = []
    begin = 0
    while begin < len(text):
        end = begin + 800
        if end < len(text):
            space = max(text.rfind(" ", begin + 400, end), text.rfind("\n", begin + 400, end))
            end = space + 1 if space > 0 else end
        found.append((joint if not begin else "", text[begin:end], tear if not begin else 2.0))
        begin = end
    return found


def _places(block: Block, parts: list[tuple[str, str, float]]) -> list[str]:
    """Where each part stands: its own lines, where the block's lines and its text's lines agree."""
    found = re.fullmatch(r"lines? (\d+)(?:-(\d+))?", block.location)
    if not found or len(parts) == 1:
        return [block.location] * len(parts)
    first, last = int(found[1]), int(found[2] or found[1])
    before = (last - first + 1) - (block.text.count("\n") + 1)
    if before not in (0, 2) or (before and block.kind != "code"):
        return [block.location] * len(parts)
    at = first + before // 2 + (2 if block.kind == "table" else 0)
    places: list[str] = []
    for index, (joint, text, _) in enumerate(parts):
        at += joint.count("\n") if index else 0
        end = min(last, at + text.count("\n"))
        places.append(f"line {at}" if end == at else f"lines {at}-{end}")
        at = end
    return places


def _leads(text: str) -> bool:
    """Whether a text announces what follows: it ends with a colon, or is a short label or question."""
    line = text.rstrip().rsplit("\n", 1)[-1].strip("*_ ")
    if line.endswith((":", "：")):
        return True
    label = re.sub(r"^(?:[-*+•]|\d+[.)])\s+", "", line)
    return len(label) <= 60 and (label.endswith(("?", "？")) or bool(_LABEL.fullmatch(label)))


LONG_SENTENCE = 400
LONGEST_PIECE = 3000

_Splitter = Callable[[str], list[tuple[str, str, float]]]
_SPLITTERS: dict[str, _Splitter] = {
    "prose": _prose,
    "list": _list,
    "code": _code,
    "output": _code,
    "hint": _folded,
    "solution": _folded,
    "formula": lambda text: [("", text, 0.0)],
}
# up to this size a block is never taken apart
_WHOLE: dict[str, int] = {
    **{"prose": 500, "list": 350, "code": 500, "output": 700},
    **{"table": 900, "hint": 900, "solution": 900, "formula": 10**9},
}
_WIDE = re.compile("[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_BLANK_BEFORE_ITEM = re.compile(r"\n(?:[ \t]*\n)+(?=[ \t]*(?:[-*+•]|\d{1,3}[.)])\s)")
_ITEM = re.compile(r"(\s*)(?:[-*+•]|\(?\d{1,3}[.)]|[a-z]\)|\[[ xX]\]|[①-⑳])\s*\S")
_SENTENCE_END = re.compile(
    r"(?<![A-Z]\.)(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?<!\betc\.)[.!?][\"'”’)*_]*\s+(?=\S)|[。！？]+[」』）)]*"
)
_INLINE = re.compile(
    r"\$\$.{1,2000}?\$\$|\$[^$\n]{1,500}\$|`[^`\n]{1,300}`|\[[^\[\]\n]{0,300}\]\([^()\n]{0,500}\)"
    r"|https?://\S{1,500}"
)
_LABEL = re.compile(r"(?:Code|Example|Output|Note|Result|Results|Inference Code|Code \d+)\b.{0,40}")
