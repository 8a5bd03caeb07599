"""What a learner is told when their code raises: their own lines, the error in plain words, today's names."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from tools.exercises.old_names import todays_name
from tools.sandbox import Died, Raised

MOST_LINES = 6


def raised_message(call: str, raised: Raised, source: str, filename: str) -> str:
    """One raised error for a person: the call, the error, what it means, and today's name of an old one."""
    lines = [f"call: {call}"] if call else []
    said = f": {raised.message}" if raised.message else ""
    lines.append(f"raised: {raised.type}{said}"[:1_000])
    meaning = _meaning(raised)
    if meaning:
        lines.append(meaning)
    now = todays_name(source, f"{raised.type}: {raised.message}")
    if now:
        lines.append(now)
    return "\n".join(lines)


def own_traceback(raised: Raised, source: str, filename: str) -> str:
    """The traceback's lines that stand in the learner's file, the innermost last; "" where none does."""
    code = source.split("\n")
    own = [(line, name) for file, line, name in raised.frames if file == filename]
    shown: list[str] = []
    for line, name in own[-MOST_LINES:]:
        where = f", in {name}" if name and name != "<module>" else ""
        text = code[line - 1].strip() if 0 < line <= len(code) else ""
        shown.append(f"{filename}, line {line}{where}\n    {text[:200]}")
    left_out = len(own) - MOST_LINES
    if left_out > 0:
        shown.insert(0, f"({left_out} calls before these are left out)")
    return "\n".join(shown)


def died_message(died: Died, seconds: float) -> str:
    """Why the learner's process ended without an answer, and what to look at."""
    advice = {
        "time": f"No answer came within {seconds:g} seconds: look for a loop that does not end, or for work "
        "that grows with the square of the input.",
        "memory": "Look for an array or a list that grows without need.",
        "output": "Look for a print in a loop.",
        "processes": "Write it without threads or further processes.",
        "ended": "Return a value instead of ending the program.",
        "answer": "Return a plain value of the kind that the task asks for.",
    }
    return f"The code did not answer: {died}.\n{advice.get(died.cause, '')}".strip()


def syntax_problem(source: str, filename: str) -> str:
    """What the parser says of the code, in one short text; "" where it parses."""
    try:
        ast.parse(source, filename)
    except SyntaxError as error:
        line = (error.text or "").strip()
        quoted = f"\n    {line[:200]}" if line else ""
        now = todays_name(source, str(error))
        return f"The file is not valid Python: {error.msg} (line {error.lineno}).{quoted}" + (
            f"\n{now}" if now else ""
        )
    except (ValueError, RecursionError, MemoryError):
        return "The file is not valid Python: it is nested too deeply, or holds characters no code has."
    return ""


def missing_names(names: Sequence[str], defined: Sequence[str]) -> str:
    """What the file should define and does not; "" where all is there."""
    missing = [name for name in names if name not in defined]
    if not missing:
        return ""
    close = {name: _alike(name, defined) for name in missing}
    said = [
        f"{name} (the file has {other}: rename it)" if (other := close[name]) else name for name in missing
    ]
    return f"The file does not define {' and '.join(said)}."


def _alike(name: str, defined: Sequence[str]) -> str:
    import difflib

    found = difflib.get_close_matches(name, defined, n=1, cutoff=0.75)
    return found[0] if found else ""


def _meaning(raised: Raised) -> str:
    text = f"{raised.type}: {raised.message}"
    for pattern, meaning in _MEANINGS:
        if re.search(pattern, text):
            return meaning
    return ""


_MEANINGS = (
    (r"^SystemExit", "Code that is checked must return a value; it may not end the program."),
    (r"^RecursionError", "The function calls itself without end: it needs a case that stops."),
    (
        r"^MemoryError|DefaultCPUAllocator|can't allocate memory",
        "The code asked for more memory than it may use here.",
    ),
    (r"^NotImplementedError", "This is still the starter: write the function's body."),
    (
        r"^(PermissionError|BlockingIOError)|Operation not permitted|Temporary failure in name resolution",
        "The check runs your code without network, without other processes and with no files but its own "
        "empty folder.",
    ),
    (r"^ModuleNotFoundError|^ImportError", "Only libraries that come with Tutor can be imported in a check."),
    (
        r"^ValueError: .*(shapes? .*not aligned|matmul|operands could not be broadcast)",
        "The shapes do not fit: print the shape of each array before that line.",
    ),
    (
        r"^TypeError: .* takes \d+ positional argument",
        "The function takes another number of arguments than the task says.",
    ),
    (r"^KeyboardInterrupt", "Code that is checked may not interrupt the program."),
)
