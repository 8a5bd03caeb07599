"""Taking Python code out of a message, and the names that it defines; the code is never run here."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from dataclasses import dataclass

from tutor.agent.plain_text import strip_controls


@dataclass(frozen=True, slots=True)
class Pasted:
    """A message in two parts: what the person says, and the code that they pasted, "" for none."""

    prose: str
    code: str = ""


def split_code(message: str) -> Pasted:
    """The message's words and its code, from fences or, without any, from the first `def` or `class` on."""
    text = strip_controls(message)
    fenced = list(_FENCE.finditer(text))
    if fenced:
        blocks = [each["body"] for each in fenced if each["language"].lower() in _PYTHON]
        code = "\n\n".join(textwrap.dedent(block).strip("\n") for block in blocks)
        return Pasted(" ".join(_FENCE.sub(" ", text).split()), code) if code.strip() else Pasted(text)
    quoted = _IN_TICKS.search(text)
    if quoted:
        rest = f"{text[: quoted.start()]} {text[quoted.end() :]}"
        return Pasted(" ".join(rest.split()), quoted["body"].strip())
    return _raw(text)


def defined_names(code: str) -> frozenset[str]:
    """The functions, classes and variables of the code's top level, also where it does not parse."""
    tree = _parsed(code)
    if tree is None:
        return frozenset(_DEFINED.findall(code))
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return frozenset(names)


def missing_imports(code: str, starter: str) -> list[str]:
    """The starter's imports that the code uses without having them: people paste the function alone."""
    tree, given = _parsed(code), _parsed(starter)
    if tree is None or given is None:
        return []
    nodes = list(ast.walk(tree))
    if any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in nodes):
        return []  # nothing may stand above that
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound |= {
        _bound(name) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom) for name in node.names
    }
    missing = []
    for node in given.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            node.names = [name for name in node.names if _bound(name) in used - bound]
            if node.names:
                missing.append(ast.unparse(node))
    return missing


def _bound(name: ast.alias) -> str:
    return name.asname or name.name.split(".")[0]


def _raw(text: str) -> Pasted:
    """Code without a fence: from where it begins to the last line that can belong to it."""
    defined = _HAS_DEFINITION.search(text)
    if defined is None:
        return Pasted(text)
    begun = _BEGINS.search(text)
    start = min(defined.start(), begun.start()) if begun else defined.start()
    rest = text[start:]
    margin = rest[: len(rest) - len(rest.lstrip(" \t"))]
    lines = [line.removeprefix(margin) for line in rest.split("\n")]
    end = len(lines)
    while end > 1 and not _can_end(lines[end - 1]):
        end -= 1
    for shorter in range(end, max(end - MOST_TRAILING, 0), -1):
        if _parsed("\n".join(lines[:shorter])) is not None:
            end = shorter
            break
    prose = " ".join([text[:start], *lines[end:]]).split()
    return Pasted(" ".join(prose), "\n".join(lines[:end]).rstrip())


def _can_end(line: str) -> bool:
    """Whether code can end with this line: indented, or with a sign that prose at the margin lacks."""
    if not line.strip():
        return False
    return line[0] in " \t" or (_CODE_SIGN.search(line) is not None and _PROSE_END.search(line) is None)


def _parsed(code: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it says of odd escapes would go to the terminal
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


MOST_TRAILING = 6
"""Lines of prose after the code, at most."""
_FENCE = re.compile(
    r"^[ \t]*(?P<fence>`{3,}|~{3,})[ \t]*(?P<language>[\w+.-]*)[^\n`]*\n(?P<body>.*?)"
    r"(?:\n?^[ \t]*(?P=fence)[`~]*[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_PYTHON = frozenset(("", "py", "python", "python3", "py3", "ipython"))
_IN_TICKS = re.compile(r"(?<!`)(?P<ticks>`{1,3})(?P<body>[^`\n]*\b(?:def|class) \w[^`]*)(?P=ticks)(?!`)")
_DEFINITION = r"(?:async[ \t]+def|def)[ \t]+[^\W\d]\w*[ \t]*\(|class[ \t]+[^\W\d]\w*[ \t]*[(:]"
_HAS_DEFINITION = re.compile(rf"^[ \t]*(?:{_DEFINITION})|(?<=[\s:：。、」])(?:{_DEFINITION})", re.MULTILINE)
_BEGINS = re.compile(
    r"^[ \t]*(?:import[ \t]+\w[\w.]*(?:[ \t]+as[ \t]+\w+)?[ \t]*(?:#.*)?$|from[ \t]+[\w.]+[ \t]+import\b"
    r"|@\w|#|[A-Za-z_]\w*[ \t]*=[^=])",
    re.MULTILINE,
)
_DEFINED = re.compile(r"^(?:(?:async[ \t]+)?def|class)[ \t]+(\w+)", re.MULTILINE)
_CODE_SIGN = re.compile(r"[=()\[\]{}#@\"'\\]|^(?:pass|else:|try:|finally:|return\b.*)$")
_PROSE_END = re.compile(r"[?？。!！]\s*$")
