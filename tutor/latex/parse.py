"""Reads a LaTeX formula into a small tree; never fails, whatever it is given."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from tutor.latex.symbols import ACCENTS, BLACKBOARD, SCRIPT, SPACES, symbol


@dataclass(frozen=True, slots=True)
class Atom:
    """Letters, a number, an operator or a word; `text` is Unicode. `plain` text is left as it stands."""

    text: str
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Things beside each other."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Scripts:
    """A base with something below and above it."""

    base: Node
    below: Node | None
    above: Node | None


@dataclass(frozen=True, slots=True)
class Fraction:
    """One thing over another; `bar` is False for a binomial."""

    above: Node
    below: Node
    bar: bool = True


@dataclass(frozen=True, slots=True)
class Root:
    """A root; `index` is empty for a square root."""

    body: Node
    index: str = ""


@dataclass(frozen=True, slots=True)
class Fenced:
    """Something between delimiters that grow with it."""

    left: str
    body: Node
    right: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells: a matrix, cases or aligned equations."""

    rows: tuple[tuple[Node, ...], ...]
    style: Literal["matrix", "cases", "aligned"]


Node = Atom | Row | Scripts | Fraction | Root | Fenced | Grid

_TOKEN = re.compile(r"\\(?:[A-Za-z]+\*?|.)|\d+(?:[.,]\d+)*|\s+|.", re.DOTALL)
_FENCES = {
    "matrix": ("", ""), "pmatrix": ("(", ")"), "bmatrix": ("[", "]"), "vmatrix": ("|", "|"),
    "Bmatrix": ("{", "}"), "Vmatrix": ("‖", "‖"), "smallmatrix": ("", ""), "array": ("", ""),
    "cases": ("{", ""),
}  # fmt: skip
_TEXT_MACROS = frozenset({"text", "textrm", "textbf", "textit", "textsf", "texttt", "mbox", "operatorname"})
_STYLE_MACROS = frozenset(
    [
        "mathbf",
        "mathrm",
        "mathit",
        "mathsf",
        "mathtt",
        "boldsymbol",
        "bm",
        "pmb",
        "displaystyle",
        "textstyle",
        "scriptstyle",
        "limits",
        "nolimits",
        "big",
        "Big",
        "bigg",
        "Bigg",
        "bigl",
        "bigr",
        "Bigl",
        "Bigr",
        "biggl",
        "biggr",
        "nonumber",
        "notag",
        "hline",
        "boxed",
        "mathstrut",
        "strut",
    ]
)
_MAX_DEPTH = 60


def parse(source: str) -> Node:
    """The tree of a formula given without its dollars; one nested beyond reason is left as it stands."""
    try:
        return _Parser(source).row(frozenset())
    except _TooDeep:
        return Atom(source, plain=True)


class _TooDeep(Exception):
    """The formula nests deeper than any that a person writes."""


class _Parser:
    def __init__(self, source: str) -> None:
        self._tokens = _TOKEN.findall(source)
        self._at = 0
        self._depth = 0

    def row(self, until: frozenset[str]) -> Row:
        """Everything up to one of `until`, which is left unread."""
        items: list[Node] = []
        while self._at < len(self._tokens) and self._peek() not in until:
            token = self._peek()
            if (token in "^_" and token) or token == "'":
                base = items.pop() if items else Atom("", plain=True)
                items.append(self._scripts(base))
            elif (node := self._one()) is not None:
                items.append(node)
        return Row(tuple(items))

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self._at += 1
        return token

    def _skip_space(self) -> None:
        while self._peek().isspace():
            self._at += 1

    def _one(self) -> Node | None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise _TooDeep
        node = self._read_one()
        self._depth -= 1
        return node

    def _read_one(self) -> Node | None:
        token = self._take()
        if token.isspace() or token in {"}", "&"}:
            return None
        if token == "{":
            return self._braced()
        if token == "~":
            return Atom(" ", plain=True)
        if token.startswith("\\") and len(token) > 1:
            return self._macro(token[1:].rstrip("*"))
        return Atom("−" if token == "-" else token)

    def _braced(self) -> Node:
        body = self.row(frozenset({"}"}))
        self._take()
        return body.items[0] if len(body.items) == 1 else body

    def _argument(self) -> Node:
        self._skip_space()
        return self._one() or Atom("", plain=True)

    def _raw_argument(self) -> str:
        self._skip_space()
        if self._peek() != "{":
            return self._take()
        self._take()
        depth, parts = 1, []
        while self._at < len(self._tokens):
            token = self._take()
            depth += (token == "{") - (token == "}")
            if depth == 0:
                break
            parts.append(token)
        return "".join(parts)

    def _scripts(self, base: Node) -> Node:
        below: Node | None = None
        above: Node | None = None
        started = self._at
        while (token := self._peek()) and (token in "^_'" or token.isspace()):
            if self._at - started > _MAX_DEPTH:
                raise _TooDeep
            if token.isspace():
                rest = next((each for each in self._tokens[self._at :] if not each.isspace()), "")
                if rest not in {"^", "_"}:
                    break
                self._skip_space()
            elif token == "'":
                self._take()
                above = Row((above, Atom("′"))) if above else Atom("′")
            elif token == "_":
                self._take()
                below = self._argument()
            else:
                self._take()
                raised = self._argument()
                above = Row((above, raised)) if above else raised
        return Scripts(base, below, above)

    def _macro(self, name: str) -> Node | None:
        if name in {"frac", "dfrac", "tfrac", "cfrac"}:
            return Fraction(self._argument(), self._argument())
        if name == "binom":
            return Fenced("(", Fraction(self._argument(), self._argument(), bar=False), ")")
        if name == "sqrt":
            index = ""
            if self._peek() == "[":
                self._take()
                index = "".join(iter(self._until_bracket, ""))
            return Root(self._argument(), index)
        if name in _TEXT_MACROS:
            return Atom(self._raw_argument().replace("\\_", "_"), plain=name != "operatorname")
        if name in {"mathbb", "mathcal", "mathscr", "mathfrak"}:
            table = BLACKBOARD if name == "mathbb" else SCRIPT
            return Atom("".join(table.get(letter, letter) for letter in self._raw_argument()))
        if name in ACCENTS:
            return self._accent(ACCENTS[name])
        if name == "left":
            return self._fenced()
        if name == "begin":
            return self._environment()
        if name in SPACES:
            return Atom(SPACES[name], plain=True) if SPACES[name] else None
        if name in {"label", "tag", "color", "vspace"}:
            self._raw_argument()
            return None
        if name in {"underbrace", "overbrace", "overset", "underset", "stackrel"}:
            return self._stacked(name)
        if name in _STYLE_MACROS or name in {"right", "middle", "\\"}:
            return None
        return Atom(symbol(name))

    def _until_bracket(self) -> str:
        token = self._take()
        return "" if token == "]" else token

    def _stacked(self, name: str) -> Node:
        first = self._argument()
        if name in {"underbrace", "overbrace"}:
            return first
        second = self._argument()
        return Scripts(second, first, None) if name == "underset" else Scripts(second, None, first)

    def _accent(self, mark: str) -> Node:
        body = self._argument()
        if isinstance(body, Atom):
            return Atom("".join(letter + mark for letter in body.text))
        return Fenced("(", body, ")" + mark) if mark != "\u0305" else Fenced("(", body, ")")

    def _delimiter(self) -> str:
        self._skip_space()
        token = self._take()
        if token == ".":
            return ""
        return symbol(token[1:]) if token.startswith("\\") else token

    def _fenced(self) -> Node:
        left = self._delimiter()
        body = self.row(frozenset({"\\right"}))
        if self._peek() == "\\right":
            self._take()
            return Fenced(left, body, self._delimiter())
        return Fenced(left, body, "")

    def _environment(self) -> Node:
        name = self._raw_argument().rstrip("*")
        if name == "array":
            self._raw_argument()
        rows: list[list[Node]] = [[]]
        stops = frozenset({"&", "\\\\", "\\end"})
        while self._at < len(self._tokens):
            rows[-1].append(self.row(stops))
            stop = self._take()
            if stop == "\\\\":
                rows.append([])
            elif stop != "&":
                self._raw_argument()
                break
        kept = tuple(tuple(row) for row in rows if any(_holds_something(cell) for cell in row))
        left, right = _FENCES.get(name, ("", ""))
        grid = Grid(kept, "cases" if name == "cases" else "matrix" if name in _FENCES else "aligned")
        return Fenced(left, grid, right) if left or right else grid


def _holds_something(node: Node) -> bool:
    return not (isinstance(node, Row) and not node.items)
