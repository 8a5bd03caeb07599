"""The learner's file as the editor keeps it: written whole or not at all, with a draft of what is unsaved."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from tutor.errors import TutorError
from tutor.exercises import files

MOST_BYTES = 1_000_000
"""A larger file is no exercise's; the editor would stand still over it."""

Stamp = tuple[int, int, int]


class NotEditable(TutorError):
    """The learner's file is there but cannot be shown in an editor."""

    title = "The file cannot be edited here"
    exit_code = 2


class ChangedOnDisk(Exception):
    """Another program wrote the file since it was read last; `text` is what it holds now."""

    def __init__(self, text: str | None) -> None:
        super().__init__("the file was changed by another program")
        self.text = text


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed and not saved, and the mark of the file's text that it was begun on."""

    text: str
    begun_on: str


class WorkFile:
    """One exercise's file at `path`; its draft lies at `draft`, away from where other programs look."""

    def __init__(self, path: Path, draft: Path) -> None:
        self.path = path
        self.draft = draft

    def stamp(self) -> Stamp | None:
        """What tells that the file was written again; None where it is gone."""
        try:
            stat = self.path.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino

    def read(self) -> str | None:
        """The file's text; None where there is no file. Raises NotEditable where it is no text."""
        try:
            if self.path.stat().st_size > MOST_BYTES:
                raise NotEditable(
                    f"{self.path} is larger than {MOST_BYTES // 1_000_000} MB.", help="Is it the right file?"
                )
            return self.path.read_bytes().decode("utf-8")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError as error:
            raise NotEditable(
                f"{self.path} is not UTF-8 text.", help="Save it as UTF-8 in your own editor, or reset it."
            ) from error
        except OSError as error:
            raise NotEditable(f"{self.path} cannot be read: {error.strerror or error}.") from error

    def write(self, text: str, expected: str | None) -> None:
        """Write `text`, whole or not at all, over a file that still holds `expected`.

        A file that is gone is written anew. Raises ChangedOnDisk where it holds something else,
        StorageError where it cannot be written.
        """
        found = self.read()
        if found not in (None, expected, text):
            raise ChangedOnDisk(found)
        if found != text:
            files.write_over(self.path, text)

    def overwrite(self, text: str) -> Path | None:
        """Write `text` whatever the file holds; the path of the copy that what it held is kept in."""
        kept = files.back_up(self.path, unless=text)
        files.write_over(self.path, text)
        return kept

    def set_aside(self, text: str) -> Path:
        """Keep `text` in a new file beside the learner's."""
        name = f"{self.path.name}.bak-{datetime.now():%Y%m%d-%H%M%S}"
        for number in count(1):
            path = self.path.with_name(name if number == 1 else f"{name}-{number}")
            if files.write_new(path, text):
                return path
        raise AssertionError("count() never ends")

    def keep_draft(self, text: str, begun_on: str | None) -> None:
        """Keep what is not saved yet, for after a crash."""
        told = {"path": str(self.path), "text": text, "begun_on": mark(begun_on)}
        files.write_over(self.draft, json.dumps(told))

    def read_draft(self) -> Draft | None:
        """What an editor that ended without saving left; None where there is nothing of use."""
        try:
            told = json.loads(self.draft.read_text("utf-8"))
            if told["path"] != str(self.path):
                return None
            return Draft(str(told["text"]), str(told["begun_on"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def drop_draft(self) -> None:
        """Everything is saved; a draft that cannot be removed is known by its mark as one of before."""
        with suppress(OSError):  # a data folder that may only be read says no even where no draft is
            self.draft.unlink(missing_ok=True)


def set_aside_elsewhere(text: str) -> Path:
    """Keep `text` in the system's folder for passing things, where the data folder takes nothing any more."""
    number, name = tempfile.mkstemp(prefix="tutor-", suffix=".py")
    path = Path(name)
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return path


def mark(text: str | None) -> str:
    """A short mark of a text, to tell whether it is the same."""
    return "" if text is None else hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
