"""Reading what a learner hands in: a .py file, or the cells of a notebook in order."""

from __future__ import annotations

import json
import os
import re
import stat
import textwrap
import tokenize
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from tools.errors import BadSubmission

LARGEST = 1_000_000
"""Bytes of a .py file."""
LARGEST_NOTEBOOK = 20_000_000
"""Bytes of a notebook, whose pictures count."""
_OWN_FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Submission:
    """A learner's code, the name to show for its file, and what was passed over while reading it."""

    source: str
    name: str
    remarks: tuple[str, ...] = ()


def read_submission(path: Path) -> Submission:
    """The code in a .py or .ipynb file; BadSubmission, in one sentence, for anything else."""
    suffix = path.suffix.lower()
    if suffix not in (".py", ".ipynb"):
        raise BadSubmission(
            f"{path.name or path} is neither a .py nor an .ipynb file.",
            help="Give the file with your solution, such as tutor check softmax softmax.py",
        )
    data = _read(path, LARGEST_NOTEBOOK if suffix == ".ipynb" else LARGEST)
    if suffix == ".ipynb":
        return _notebook(data, path.name)
    return from_code(_decoded(data, path.name), path.name)


def from_code(source: str, name: str = "solution.py") -> Submission:
    """Code that was typed or pasted; BadSubmission where it is empty or too long."""
    source = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if len(source) > LARGEST:
        raise BadSubmission(
            f"The code is longer than {LARGEST:,} characters.", help="Hand in the solution alone."
        )
    if "\0" in source:
        raise BadSubmission(
            f"{name} holds zero bytes, so it is no Python code.", help="Save it as UTF-8 text."
        )
    if not source.strip():
        raise BadSubmission(f"{name} is empty.", help="Write the solution into it, then check again.")
    return Submission(source, name)


def _read(path: Path, largest: int) -> bytes:
    """The bytes of an ordinary file; a link could lead to a file that is not the learner's."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _unreadable(path, error) from error
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        what = "a folder" if stat.S_ISDIR(mode) else "not an ordinary file"
        raise BadSubmission(f"{path.name} is {what}.", help="Give the .py or .ipynb file with your solution.")
    with os.fdopen(descriptor, "rb") as file:
        try:
            if _OWN_FOLDER in path.resolve().parents:
                raise BadSubmission(
                    f"{path.name} belongs to Tutor's own exercises.", help="Hand in a file of your own."
                )
            data = file.read(largest + 1)
        except OSError as error:
            raise _unreadable(path, error) from error
    if len(data) > largest:
        raise BadSubmission(
            f"{path.name} is larger than {largest // 1_000_000} MB.",
            help="Hand in the solution alone."
            if largest == LARGEST
            else "Clear the outputs of all its cells, save it, then check again.",
        )
    return data


def _unreadable(path: Path, error: OSError) -> BadSubmission:
    if isinstance(error, FileNotFoundError):
        return BadSubmission(
            f"There is no file {path}.", help="Begin one with: tutor exercise start ID, or give another path."
        )
    if path.is_symlink():
        return BadSubmission(
            f"{path.name} is a link to another file.", help="Hand in the file itself, not a link to it."
        )
    if isinstance(error, PermissionError):
        return BadSubmission(f"{path} may not be read.", help=f"Allow it with: chmod u+r {path}")
    return BadSubmission(f"{path} cannot be read: {error.strerror or error}.", help="Give another file.")


def _decoded(data: bytes, name: str) -> str:
    """Python's own rule: UTF-8 unless the first two lines declare another encoding."""
    if b"\0" in data[:4096]:
        raise BadSubmission(f"{name} is binary, not Python code.", help="Save it as UTF-8 text.")
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(data).readline)
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadSubmission(f"{name} is not UTF-8 (line {line}).", help="Save it as UTF-8 text.") from error
    except (SyntaxError, LookupError) as error:
        raise BadSubmission(f"{name} is not UTF-8 text.", help="Save it as UTF-8 text.") from error


def _notebook(data: bytes, name: str) -> Submission:
    try:
        codes = [_code(cell) for cell in _cells(json.loads(data.decode("utf-8-sig")))]
    except (UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadSubmission(
            f"{name} is not a notebook that can be read.",
            help="Save it again from Jupyter (format 4), or hand in a .py file.",
        ) from error
    lines: list[str] = []
    passed_over = 0
    for number, code in enumerate(codes, 1):
        if not code.strip():
            continue
        magic = code.lstrip().startswith("%%")
        if magic and not code.lstrip().startswith(("%%time", "%%capture", "%%prun")):
            passed_over += 1  # a cell in another language, or written to a file
            continue
        kept, commands = without_commands(code)
        passed_over += commands
        lines += [f"# cell {number}", *kept]
    if not lines:
        raise BadSubmission(f"{name} holds no code.", help="Write the solution into a cell, then save it.")
    source = from_code("\n".join(lines) + "\n", name)
    if not passed_over:
        return source
    remark = f"{passed_over} lines of the notebook that start with ! or % were passed over."
    if passed_over == 1:
        remark = "1 line of the notebook that starts with ! or % was passed over."
    return Submission(source.source, name, (remark,))


def without_commands(code: str) -> tuple[list[str], int]:
    """A cell's lines with `pass` in the place of shell, magic and help lines, and how many those were.

    A line within a text or a bracket is none of them, whatever it begins with.
    """
    kept: list[str] = []
    commands = 0
    begun: list[str] = []  # the lines of the statement that is not at its end
    continued = False  # whether a command goes on in this line
    indent = ""
    for line in code.split("\n"):
        if continued or (not begun and _is_command(line)):
            if not continued:
                commands += 1
                indent = line[: len(line) - len(line.lstrip())]
            kept.append(f"{indent}pass")
            continued = line.endswith("\\")
            continue
        kept.append(line)
        begun.append(line)
        if len(begun) > MOST_LINES or not _unfinished("\n".join(begun)):
            begun = []
    return kept, commands


def _cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    """The code cells; notebooks of before format 4 keep them in sheets."""
    sheets = notebook.get("worksheets", [notebook])
    return [cell for sheet in sheets for cell in sheet["cells"] if cell["cell_type"] == "code"]


def _code(cell: dict[str, Any]) -> str:
    code = "".join(cell["source"] if "source" in cell else cell["input"])
    return code.replace("\r\n", "\n").replace("\r", "\n")


def _is_command(line: str) -> bool:
    return _COMMAND.match(line.strip()) is not None


def _unfinished(code: str) -> bool:
    """Whether a bracket, a text of many lines or a backslash keeps the statement from ending here."""
    if code.endswith("\\"):
        return True
    try:
        for _ in tokenize.generate_tokens(StringIO(textwrap.dedent(code) + "\n").readline):
            pass
    except tokenize.TokenError:
        return True
    except SyntaxError:  # which the learner is told of when the code is checked
        return False
    return False


_COMMAND = re.compile(r"[!%?]|[\w.*]+\?{1,2}$|[A-Za-z_][\w., ]*= *[!%]")
MOST_LINES = 500
"""Lines of one statement in a notebook, beyond which it is not looked for its end."""
