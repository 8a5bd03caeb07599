"""Files of many formats as documents made of blocks."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from knowledge.errors import Unreadable
from knowledge.loaders.decoding import decode
from knowledge.loaders.discovery import (
    LARGEST_PDF,
    LARGEST_TEXT,
    Skipped,
    find_files,
    is_licence_text,
    refusal,
)
from knowledge.loaders.formats import format_of, read
from knowledge.passages import Document

__all__ = ["Skipped", "find_files", "load", "load_all"]


def load(path: Path) -> tuple[list[Document], list[Skipped]]:
    """The documents in one file (a repository dump holds many) and what was left out of it.

    Raises Unreadable with one sentence for a file that cannot be read as what it is, OSError where
    the system does not give it.
    """
    source = os.path.abspath(path)
    name = os.path.basename(source)
    pdf = name.lower().endswith(".pdf")
    size = os.path.getsize(source)
    if size > (LARGEST_PDF if pdf else LARGEST_TEXT):
        raise Unreadable(
            f"{name} is too large ({size // 1_000_000} MB).", help="Split it into smaller files."
        )
    data = Path(source).read_bytes()
    if pdf or data.startswith(b"%PDF-"):
        return [read("pdf", name, source, data, hashlib.sha256(data).hexdigest())], []
    if not data.strip() and not name.endswith(".ipynb"):
        raise Unreadable(f"{name} is empty.", help="Nothing to do: there is no text in it.")
    text = decode(data)
    if format_of(name, text) == "dump":
        return _load_dump(source, text)
    return [read(format_of(name, text), name, source, text, hashlib.sha256(data).hexdigest())], []


def load_all(paths: Sequence[Path]) -> Iterator[Document | Skipped]:
    """Every document under `paths`, and everything left out with the reason; nothing stops the rest.

    Raises BadInput only for a path that does not exist.
    """
    files, skipped = find_files(paths)
    yield from skipped
    for path in files:
        try:
            documents, left_out = load(path)
        except Unreadable as error:
            yield Skipped(str(path), str(error))
        except PermissionError:
            yield Skipped(str(path), "no permission to read it")
        except OSError as error:
            yield Skipped(str(path), (error.strerror or "it could not be read").lower())
        except (MemoryError, RecursionError):
            yield Skipped(str(path), "too large or too deeply nested to be read")
        else:
            yield from documents
            yield from left_out


def _load_dump(source: str, text: str) -> tuple[list[Document], list[Skipped]]:
    from knowledge.loaders.repository_dump import files_of

    documents: list[Document] = []
    skipped: list[Skipped] = []
    for inner in files_of(text):
        place = f"{source}::{inner.path}"
        reason = refusal(inner.path)
        if not reason and not inner.text.strip():
            reason = "empty"
        if not reason and is_licence_text(inner.text):
            reason = "licence text, not course material"
        if reason:
            skipped.append(Skipped(place, reason))
            continue
        digest = hashlib.sha256(inner.text.encode("utf-8")).hexdigest()
        kind = format_of(inner.path, inner.text)
        try:
            documents.append(read("text" if kind == "dump" else kind, inner.path, place, inner.text, digest))
        except Unreadable as error:
            skipped.append(Skipped(place, str(error)))
        except (MemoryError, RecursionError):
            skipped.append(Skipped(place, "too large or too deeply nested to be read"))
    return documents, skipped
