"""Python files: docstrings as prose, and the code by function and class."""

from __future__ import annotations

import ast
import inspect
import re

from knowledge.loaders.content import Content, span
from knowledge.passages import Block


def load_python(text: str, name: str) -> Content:
    """A module: its docstring, then each function and class under a heading of its name.

    A file that does not parse (older Python, a notebook's magics) is kept as one block of code.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Content("", tuple(_code(text.split("\n"), 1, text.count("\n") + 1)))
    lines = text.split("\n")
    blocks: list[Block] = []
    at = 1
    doc = ast.get_docstring(tree)
    if doc and tree.body:
        last = tree.body[0].end_lineno or 1
        blocks += _code(lines, 1, tree.body[0].lineno - 1)
        blocks.append(Block("prose", doc, span("line", tree.body[0].lineno, last)))
        at = last + 1
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        first = _first_line(node, lines, at)
        blocks += _code(lines, at, first - 1)
        blocks += _definition(node, lines, first, 1)
        at = (node.end_lineno or first) + 1
    if at <= len(lines):
        rest = _code(lines, at, len(lines))
        if rest and any(block.kind == "heading" for block in blocks):
            blocks.append(Block("heading", "Module code", rest[0].location, 1))
        blocks += rest
    return Content("", tuple(blocks))


def _definition(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, lines: list[str], first: int, level: int
) -> list[Block]:
    """A heading, the docstring as prose, and the whole source; a long class goes method by method."""
    last = node.end_lineno or first
    where = span("line", first, last)
    word = "class" if isinstance(node, ast.ClassDef) else "def"
    blocks = [Block("heading", f"{word} {node.name}", where, level)]
    doc = ast.get_docstring(node)
    methods = [part for part in node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)]
    if not isinstance(node, ast.ClassDef) or last - first < 40 or not methods:
        if doc and len(doc) > 200:  # a short one is read where it stands
            blocks.append(Block("prose", doc, where))
        return blocks + _code(lines, first, last)
    if doc:
        blocks.append(Block("prose", doc, where))
    at = first
    for method in methods:
        begin = _first_line(method, lines, at)
        blocks += _code(lines, at, begin - 1)
        blocks += _definition(method, lines, begin, level + 1)
        at = (method.end_lineno or begin) + 1
    return blocks + _code(lines, at, last)


def _first_line(node: ast.stmt, lines: list[str], earliest: int) -> int:
    """Where a definition begins, with its decorators and the comments right above it."""
    decorators = getattr(node, "decorator_list", [])
    first: int = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    while first > earliest and lines[first - 2].lstrip().startswith("#"):
        first -= 1
    return first


def _code(lines: list[str], first: int, last: int) -> list[Block]:
    while first <= last and not lines[first - 1].strip():
        first += 1
    while last >= first and not lines[last - 1].strip():
        last -= 1
    if first > last:
        return []
    text = inspect.cleandoc("\n" + "\n".join(lines[first - 1 : last]))
    if not re.search(r"\w", text):
        return []
    return [Block("code", text, span("line", first, last), 0, "python")]
