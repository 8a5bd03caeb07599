"""What a learner is told when their code raises: their own lines, the error in plain words, today's names."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from tools.exercises.old_names import todays_name
from tools.sandbox import Died, Raised

MOST_LINES = 6
LONGEST_PARSED = 100_000
"""Characters of code that the judge itself parses."""


def raised_message(call: str, raised: Raised, source: str, filename: str) -> str:
    """One raised error for a person: the call, the error, what it means, and today's name of an old one."""
    lines = [f"call: {call}"] if call else []
    message = re.sub(r"\n\s*\n+", "\n", _FILE_FOUND.sub("", raised.message.strip()))
    if at := _LINE_TOLD.search(message):
        message = f"{message[: at.start()]} ({place(filename, source, int(at[1]))})"
    said = f": {message}" if message else ""
    lines.append(f"raised: {raised.type}{said}"[:1_000])
    lines.append(todays_name(source, f"{raised.type}: {raised.message.strip()}") or _meaning(raised))
    return "\n".join(each for each in lines if each)


def own_traceback(raised: Raised, source: str, filename: str) -> str:
    """The traceback's lines that stand in the learner's file, the innermost last; "" where none does."""
    code = source.split("\n")
    own = [(line, name) for file, line, name in raised.frames if file == filename]
    shown: list[str] = []
    for line, name in own[-MOST_LINES:]:
        where = f", in {name}" if name and name != "<module>" else ""
        text = code[line - 1].strip() if 0 < line <= len(code) else ""
        shown.append(f"{filename}, {place(filename, source, line)}{where}\n    {text[:200]}")
    left_out = len(own) - MOST_LINES
    if left_out > 0:
        shown.insert(0, f"({left_out} calls before these are left out)")
    return "\n".join(shown)


def place(filename: str, source: str, line: int) -> str:
    """A line of the code in the learner's terms: in a notebook the cell, and the line within it."""
    if filename.endswith(".ipynb"):
        above = source.split("\n")[: max(0, line)]
        for number in range(len(above), 0, -1):
            if cell := re.fullmatch(r"# cell (\d+)", above[number - 1]):
                return f"cell {cell[1]}, line {line - number}"
    return f"line {line}"


def printable(text: str) -> str:
    """The text with what no terminal should be sent, and no file can hold, written out as an escape."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "".join(
        each if each.isprintable() or each in "\n\t" else each.encode("unicode_escape").decode()
        for each in text
    )


def died_message(died: Died, seconds: float) -> str:
    """Why the learner's process ended without an answer, and what to look at."""
    advice = {
        "time": f"No answer came within {seconds:g} seconds: look for a loop that does not end, or for work "
        "that grows with the square of the input.",
        "memory": "Look for an array or a list that grows without need.",
        "output": "Look for a print in a loop.",
        "files": "Look for a file that grows, or for files made in a loop.",
        "processes": "Write it without threads or further processes.",
        "ended": "Return a value instead of ending the program.",
        "crashed": "Look for a function that calls itself without end.",
        "answer": "Return a plain value of the kind that the task asks for.",
    }
    return f"The code did not answer: {died}.\n{advice.get(died.cause, '')}".strip()


def syntax_problem(source: str, filename: str) -> str:
    """What the parser says of the code, in one short text; "" where it parses.

    Of very long code too, which only the learner's process parses: it can take more than a minute.
    """
    if len(source) > LONGEST_PARSED:
        return ""
    try:
        ast.parse(source, filename)
    except SyntaxError as error:
        line = (error.text or "").strip()
        quoted = f"\n    {line[:200]}" if line else ""
        now = todays_name(source, f"SyntaxError: {error.msg}")
        at = place(filename, source, error.lineno or 0)
        return f"The file is not valid Python: {error.msg} ({at}).{quoted}" + (f"\n{now}" if now else "")
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
    (r"^RecursionError: .*compilation", "The file is nested too deeply."),
    (r"^RecursionError", "The function calls itself without end: it needs a case that stops."),
    (
        r"^MemoryError|DefaultCPUAllocator|can't allocate memory",
        "The code asked for more memory than it may use here.",
    ),
    (r"^NotImplementedError", "This is still the starter: write the function's body."),
    (
        r"^(PermissionError|BlockingIOError)|Operation not permitted|Temporary failure in name resolution"
        r"|[Cc]ouldn't connect|Connection error|Failed to resolve",
        "The check runs your code without network, without other processes and with no files but its own "
        "empty folder.",
    ),
    (
        r"^FileNotFoundError|^NotADirectoryError",
        "The check runs your code in an empty folder: it must stand in this one file and need no other.",
    ),
    (
        r"^ModuleNotFoundError|^ImportError: attempted relative",
        "Only libraries that come with Tutor can be imported in a check, and no file of your own: all code "
        "must stand in this one file.",
    ),
    (r"^ImportError: cannot import name", "The library of today has no such name there."),
    (r"^EOFError", "Nobody answers input() in a check: use the function's arguments."),
    (r"^BdbQuit", "Nobody answers a debugger in a check: take breakpoint() out."),
    (r"^OSError: .*No space left", "The code may write only so much into its folder."),
    (r"^OSError: .*Too many open files", "The code opens files without end: close each one."),
    (r"^SyntaxError: 'await' outside", "Notebooks alone take await outside a function."),
    (r"^SyntaxError: 'return' outside", "That return stands outside the function: look at its indentation."),
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
_FILE_FOUND = re.compile(r" \((?:/|[A-Z]:)[^()\n]{1,500}\)$")
_LINE_TOLD = re.compile(r" \([^()\n]{1,200}, line (\d{1,7})\)$")
