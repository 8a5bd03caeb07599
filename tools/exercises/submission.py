"""Reading what a learner hands in: a .py file, or the cells of a notebook in order."""

from __future__ import annotations

import json
import os
import stat
import tokenize
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

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
            f"{path.name} is larger than {largest // 1_000_000} MB.", help="Hand in the solution alone."
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
        return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadSubmission(f"{name} is not UTF-8 (line {line}).", help="Save it as UTF-8 text.") from error
    except (SyntaxError, LookupError) as error:
        raise BadSubmission(f"{name} is not UTF-8 text.", help="Save it as UTF-8 text.") from error


def _notebook(data: bytes, name: str) -> Submission:
    try:
        cells = json.loads(data.decode("utf-8-sig"))["cells"]
        codes = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (UnicodeDecodeError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadSubmission(
            f"{name} is not a notebook that can be read.",
            help="Save it again from Jupyter (format 4), or hand in a .py file.",
        ) from error
    lines: list[str] = []
    passed_over = 0
    for number, code in enumerate(codes, 1):
        if code.lstrip().startswith("%%") and not code.lstrip().startswith(("%%time", "%%capture")):
            passed_over += 1  # a cell in another language, or written to a file
            continue
        lines.append(f"# cell {number}")
        for line in code.replace("\r\n", "\n").split("\n"):
            command = line.lstrip().startswith(("!", "%"))
            passed_over += command
            lines.append(_blank(line) if command else line)
    source = from_code("\n".join(lines) + "\n", name)
    if not passed_over:
        return source
    remark = f"{_lines(passed_over)} of the notebook that start with ! or % were passed over."
    if passed_over == 1:
        remark = "1 line of the notebook that starts with ! or % was passed over."
    return Submission(source.source, name, (remark,))


def _blank(line: str) -> str:
    """`pass` in the place of a shell or magic line, so that a block which holds nothing else stays one."""
    return line[: len(line) - len(line.lstrip())] + "pass"


def _lines(count: int) -> str:
    return f"{count} lines"
