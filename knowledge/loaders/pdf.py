"""PDF files, page by page."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter

from knowledge.errors import Unreadable
from knowledge.loaders.content import Content
from knowledge.loaders.decoding import clean
from knowledge.loaders.plain_text import text_blocks
from knowledge.passages import Block

MOST_PAGES = 3000
MOST_CHARACTERS = 20_000_000


def load_pdf(data: bytes, name: str) -> Content:
    """The text of a PDF, each block located by its page.

    At most MOST_PAGES pages and MOST_CHARACTERS characters are read. Raises Unreadable where it is
    encrypted, cut short, damaged, or holds pictures of text only.
    """
    from pypdf import PdfReader
    from pypdf.errors import PdfReadError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it reports each repaired object
    if not data.strip():
        raise Unreadable("The PDF is empty (0 bytes).", help="Download or export it again.")
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable(
                "The PDF is protected by a password.", help="Save a copy without the password and give that."
            )
        pages = _pages(reader)
        title = _title(reader)
    except Unreadable:
        raise
    except (PyPdfError, PdfReadError) as error:
        raise _damaged(data) from error
    except Exception as error:  # a malformed file makes pypdf raise whatever it stumbles over
        raise _damaged(data) from error
    if not any(text.strip() for text in pages):
        raise Unreadable(
            "The PDF holds no text: its pages are pictures (a scan).",
            help="Run it through OCR first, then ingest it.",
        )
    return Content(title, tuple(_blocks(pages)), metadata={"pages": len(pages)})


def _pages(reader: object) -> list[str]:
    pages: list[str] = []
    size = 0
    for number, page in enumerate(reader.pages):  # type: ignore[attr-defined]
        if number >= MOST_PAGES or size > MOST_CHARACTERS:
            break
        text = clean(page.extract_text() or "")
        size += len(text)
        pages.append(text)
    return pages


def _title(reader: object) -> str:
    metadata = getattr(reader, "metadata", None)
    title = clean(str(getattr(metadata, "title", None) or "")).strip()
    named_by_a_program = re.search(
        r"untitled|\.(?:docx?|pdf|tex|dvi|pptx?|indd)$|^Microsoft Word", title, re.IGNORECASE
    )
    return "" if named_by_a_program or len(title) > 200 else title


def _blocks(pages: list[str]) -> list[Block]:
    furniture = _furniture(pages)
    blocks: list[Block] = []
    for number, page in enumerate(pages, start=1):
        lines = [line for line in page.split("\n") if _shape(line) not in furniture]
        text = re.sub(r"(\w)-\n(?=[a-z])", r"\1", "\n".join(lines))  # words broken at a line's end
        blocks += [
            Block(block.kind, block.text, f"page {number}", block.level, block.code_language)
            for block in text_blocks(text)
        ]
    return blocks


def _furniture(pages: list[str]) -> set[str]:
    """Running heads and feet: first and last lines that most pages share but for a number."""
    if len(pages) < 4:
        return set()
    seen: Counter[str] = Counter()
    for page in pages:
        lines = [line for line in page.split("\n") if line.strip()]
        seen.update({_shape(line) for line in lines[:2] + lines[-2:]})
    return {shape for shape, count in seen.items() if count > len(pages) * 0.5}


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", line.strip())


def _damaged(data: bytes) -> Unreadable:
    if not data.startswith(b"%PDF-") and b"%PDF-" not in data[:1024]:
        return Unreadable(
            "The file is not a PDF, whatever its name says.", help="Check how it was downloaded."
        )
    if b"%%EOF" not in data[-2048:]:
        return Unreadable("The PDF was cut short: its end is missing.", help="Download or export it again.")
    return Unreadable("The PDF is damaged and cannot be read.", help="Open it in a viewer and save it again.")
