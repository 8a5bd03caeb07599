"""Repository dumps: one text that begins with a tree and then holds every file under "/path:"."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InnerFile:
    """One file of a dump: its path in the repository, "/a/b.md", and its text."""

    path: str
    text: str


def looks_like_dump(text: str) -> bool:
    """Whether a text is a repository dump: nothing but a tree stands before its first file."""
    first = _HEADER.search(text[:200_000])
    if not first:
        return False
    before = [line for line in text[: first.start()].split("\n") if line.strip()]
    return all(_TREE_LINE.match(line) or _RULE.fullmatch(line) for line in before)


def files_of(text: str) -> list[InnerFile]:
    """The files of a dump, in its order, without the line numbers it put before their lines."""
    headers = list(_HEADER.finditer(text))
    files = []
    for index, header in enumerate(headers):
        end = headers[index + 1].start() if index + 1 < len(headers) else len(text)
        body = _LAST_RULE.sub("", text[header.end() : end].rstrip("\n"))
        files.append(InnerFile(header[1], _without_numbers(body)))
    return files


def _without_numbers(body: str) -> str:
    """`body` without its "N | " prefixes.

    A number is only taken for a prefix when it is the next one due: a line that holds raw newlines
    goes on unnumbered, and may itself begin with a number and a bar.
    """
    lines = []
    due = 1
    for line in body.split("\n"):
        prefix = _PREFIX.match(line)
        if prefix and int(prefix[1]) == due:
            due += 1
            line = line[prefix.end() :]
        lines.append(line)
    return "\n".join(lines)


_HEADER = re.compile(r"^(/[^\n:]*[^\n]*):\n-{20,}\n", re.MULTILINE)
_RULE = re.compile(r"-{20,}\s*")
_LAST_RULE = re.compile(r"(?:^|\n)-{20,}\s*\Z")
_PREFIX = re.compile(r"\s*(\d{1,7}) \|(?: |$)")
_TREE_LINE = re.compile(r"[\s│|]*(?:├──|└──|\|--|`--|\+--|[\w.@-]+/\s*$|\.$|Directory structure:)")
