"""A formula on one line of Unicode text."""

from __future__ import annotations

from unicodedata import normalize

from tutor.latex.parse import Atom, Fenced, Fraction, Grid, Node, Root, Row, Scripts, parse
from tutor.latex.symbols import (
    BIG_OPERATORS,
    BINARY,
    RELATIONS,
    SUBSCRIPT,
    SUPERSCRIPT,
    WORDS,
    scripted,
)


def to_line(source: str) -> str:
    """A LaTeX formula, without its dollars, as one line of readable Unicode."""
    return normalize("NFC", " ".join(line(parse(source)).split()))


def line(node: Node) -> str:
    """One node of a formula as one line."""
    if isinstance(node, Atom):
        return node.text
    if isinstance(node, Row):
        return join(node.items, [line(item) for item in node.items])
    if isinstance(node, Scripts):
        return line(node.base) + script(node.below, SUBSCRIPT, "_") + script(node.above, SUPERSCRIPT, "^")
    if isinstance(node, Fraction):
        return f"{_closed(node.above)}{'/' if node.bar else ' over '}{_closed(node.below)}"
    if isinstance(node, Root):
        sign = {"": "√", "2": "√", "3": "∛", "4": "∜"}.get(node.index)
        body = line(node.body)
        return (sign or f"{node.index}√") + (body if _is_single(node.body) or body.isdigit() else f"({body})")
    if isinstance(node, Fenced):
        return f"{node.left}{line(node.body)}{node.right}"
    return "; ".join(_grid_row(node, row) for row in node.rows)


def script(node: Node | None, table: dict[str, str], mark: str) -> str:
    """Something below or above, in small letters where Unicode has them, else behind `_` or `^`."""
    if node is None:
        return ""
    text = line(node)
    small = scripted(text, table)
    if small is not None:
        return small
    packed = text.replace(" ", "")
    if is_name(packed):
        return f"{mark}{packed}"
    has_words = any(len(word) > 2 and word.isalpha() for word in text.split())
    return f"{mark}({text if has_words else packed})"


def is_name(text: str) -> bool:
    """Whether `text` can follow `_` or `^` without brackets: letters and digits of full size."""
    return (text.isalpha() and not any(letter in _SMALL for letter in text)) or (
        text.isascii() and text.isalnum()
    )


def join(items: tuple[Node, ...], texts: list[str]) -> str:
    """Texts of neighbouring nodes with the spaces that a reader expects between them."""
    parts: list[str] = []
    before = "("
    needs_gap = False
    for item, text in zip(items, texts, strict=True):
        gap_before, gap_after = gaps(item, text, before)
        follows = needs_gap and text[:1].isalnum()
        if parts and not parts[-1].endswith(" ") and (gap_before or follows):
            parts.append(" ")
        parts.append(text)
        if gap_after:
            parts.append(" ")
        if text.strip():
            before = text.strip()
            needs_gap = ends_open(item)
    return "".join(parts)


def ends_open(item: Node) -> bool:
    """Whether a letter right after `item` would read as part of it: a word, or a full-size index."""
    if isinstance(item, Scripts):
        last = script(item.below, SUBSCRIPT, "_") + script(item.above, SUPERSCRIPT, "^")
        return ends_open(item.base) or "_" in last or "^" in last
    return isinstance(item, Atom) and (_is_word(item.text) or len(item.text) > 2)


def gaps(item: Node, text: str, before: str) -> tuple[bool, bool]:
    """Whether a space belongs before and after `item`, given the text before it."""
    if isinstance(item, Atom) and item.plain:
        return False, False
    core = line(item.base) if isinstance(item, Scripts) else text
    if core in RELATIONS and core not in {"|", ":"}:
        return True, True
    if core in BINARY:
        follows_relation = before in RELATIONS and before not in {"|", ":"}
        unary = before in {"(", "[", "{", ","} or follows_relation or before in BINARY
        return (False, False) if unary and core in "+-−±" else (True, True)
    if core == ",":
        return False, True
    if core in BIG_OPERATORS or core == "∫" or _is_word(core):
        return before[-1:].isalnum() or before[-1:] in ")]", core in BIG_OPERATORS or core == "∫"
    return False, False


def _is_word(text: str) -> bool:
    return text in WORDS


def _closed(node: Node) -> str:
    text = line(node)
    if " " in text.strip() or "/" in text:
        return f"({text})"
    return text


def _grid_row(grid: Grid, row: tuple[Node, ...]) -> str:
    cells = [line(cell) for cell in row]
    return " ".join(cells) if grid.style == "aligned" else ", ".join(cells)


def _is_single(node: Node) -> bool:
    if isinstance(node, Scripts):
        return _is_single(node.base) and "(" not in line(node)
    return isinstance(node, Atom) and len(node.text) == 1


_SMALL = frozenset(SUBSCRIPT.values()) | frozenset(SUPERSCRIPT.values())
