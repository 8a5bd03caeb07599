"""What a document is made of, and the cutting of documents into passages that answer questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

BlockKind = Literal["heading", "prose", "list", "table", "formula", "code", "output", "hint", "solution"]
PassageKind = Literal["prose", "list", "table", "formula", "code", "hint", "solution"]


@dataclass(frozen=True, slots=True)
class Block:
    """The smallest piece of a document that has a kind of its own.

    `text` is Markdown (code without its fence). `location` is where it stands, in words
    ("cell 12", "page 3", "lines 40-52"). `level` is 1 to 6 for headings, else 0. `code_language`
    is the language of a code block where known ("python"), else "".
    """

    kind: BlockKind
    text: str
    location: str
    level: int = 0
    code_language: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One document as a loader read it, in reading order.

    `source` is the absolute path, with "::/inner/path" after it for a file inside a repository
    dump. `sha256` is of the bytes the document was read from. `id` and `asks` come from front
    matter (a course section); others have `id` "" and no `asks`.
    """

    source: str
    title: str
    format: str
    sha256: str
    blocks: tuple[Block, ...]
    id: str = ""
    asks: tuple[str, ...] = ()
    metadata: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document that can be found, quoted and read on its own.

    `text` is Markdown, verbatim from the document. `headings` is the heading path below `title`.
    `asks` are questions this passage answers, indexed beside its text. `language` is an ISO 639-1
    code ("en", "ja"). `ordinal` counts passages within the document, from 0.
    """

    source: str
    title: str
    headings: tuple[str, ...]
    text: str
    location: str
    kind: PassageKind
    language: str
    ordinal: int
    asks: tuple[str, ...] = ()

    @property
    def section(self) -> str:
        """The heading path in one line, "A > B > C"; the title where there is no heading."""
        return " > ".join(self.headings) or self.title


def cut(document: Document) -> list[Passage]:
    """The passages of a document, in reading order; see knowledge/cutting.py for how they are cut."""
    from knowledge.cutting import cut_document  # it needs the types above

    return cut_document(document)
