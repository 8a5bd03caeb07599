"""The one door to the material: search it, read it, add to it, take from it, keep it whole."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.catalog import Catalog
from knowledge.catalog_rows import COURSE, StoredPassage
from knowledge.embedding import Encoder, open_encoder
from knowledge.errors import BadInput
from knowledge.index import Index, IngestReport
from knowledge.passages import Passage
from knowledge.progress import Cancelled, Progress, ProgressCallback
from knowledge.search import Hit, Searcher, SearchResult
from knowledge.write_lock import writing, writing_if_free

if TYPE_CHECKING:
    from knowledge.embedding import Matrix

__all__ = [
    "COURSE",
    "Cancelled",
    "Hit",
    "IngestReport",
    "Library",
    "OutlineEntry",
    "Progress",
    "SearchResult",
    "SectionView",
    "SourceInfo",
]

LONGEST_QUERY = 8_000
"""Characters; what is longer is not a question."""


@dataclass(frozen=True, slots=True)
class SectionView:
    """A whole section in reading order, as (passage id, passage) pairs."""

    title: str
    headings: tuple[str, ...]
    location: str
    collection: str
    passages: tuple[tuple[str, Passage], ...]


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """One indexed document. `path` is the file it came from, `ingested_at` an ISO 8601 time (UTC)."""

    source: str
    path: str
    title: str
    collection: str
    format: str
    passages: int
    ingested_at: str


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A heading of the material. `level` is 0 for a document's title and counts up; `passage_id` opens it."""

    title: str
    level: int
    passage_id: str
    collection: str


class Library:
    """Everything that can be found and read, in `home`/index. Cheap to make; thread-safe.

    `encoder`, `base_url` and `api_key` as in `open_encoder`.

    Methods raise KnowledgeError's children; long ones take `progress`, and `cancel`, which makes
    them raise Cancelled.
    """

    def __init__(
        self,
        home: Path,
        encoder: str = "auto",
        base_url: str = "",
        api_key: Callable[[], str | None] | None = None,
    ) -> None:
        self._folder = home / "index"
        self._open_encoder: Callable[[], Encoder] = partial(open_encoder, encoder, base_url, api_key)
        self._opened: tuple[Index, Searcher] | None = None
        self._lock = threading.RLock()

    @property
    def _index(self) -> Index:
        return self._open()[0]

    def _open(self) -> tuple[Index, Searcher]:
        with self._lock:
            if self._opened is None:
                index = Index(self._folder, self._open_encoder())
                self._opened = index, Searcher(index)
            return self._opened

    def prepare(
        self, progress: ProgressCallback | None = None, cancel: threading.Event | None = None
    ) -> list[str]:
        """Bring the index to its whole state: the shipped course in it, every vector there, Chroma sound.

        Costs a few milliseconds where nothing is amiss. Returns sentences for the person about what had
        to be mended. Where another process is writing, it is left to that process.
        """
        from knowledge.course_documents import course_documents, course_fingerprint

        index = self._index
        tell = progress or (lambda _: None)
        with writing_if_free(self._folder) as free:
            if not free:
                return []
            fingerprint = course_fingerprint()
            if index.catalog.meta("course") != fingerprint:
                index.put_course(course_documents(), fingerprint, tell)
            return index.fill(tell, cancel)

    def search(self, query: str, k: int = 5, collections: Sequence[str] | None = None) -> SearchResult:
        """The `k` passages that answer best. Raises BadInput for an empty or over-long query, a `k` outside
        1..100 or a collection that does not exist."""
        query = query.strip()
        if not query:
            raise BadInput("The question is empty.", help="Type what you would like to know.")
        if len(query) > LONGEST_QUERY:
            raise BadInput(
                f"The question is {len(query):,} characters long; at most {LONGEST_QUERY:,} can be asked.",
                help="Ask it in a sentence or two, or ingest the text as a file.",
            )
        if not 1 <= k <= 100:
            raise BadInput(f"k is {k}; it must lie between 1 and 100.", help="Leave it out for 5.")
        searcher = self._open()[1]
        if collections is not None:
            self._check_collections(collections)
        return searcher.search(query, k, collections)

    def _check_collections(self, collections: Sequence[str]) -> None:
        known = self._index.catalog.collections()
        for name in collections:
            if name not in known:
                raise BadInput(
                    f"There is no collection {name!r}.",
                    help=f"There {'are' if len(known) > 1 else 'is'}: {', '.join(known) or 'none yet'}."
                    f" Add one with: tutor ingest PATH --collection {name}",
                )

    def read(self, passage_id: str) -> SectionView:
        """The whole section around a passage: for the course its file, else all under the same heading.

        Raises BadInput where the passage is no longer indexed.
        """
        catalog = self._index.catalog
        found = catalog.passage(passage_id)
        if found is None:
            raise BadInput(
                "That passage is no longer indexed.", help="Ask again: its source was changed or taken out."
            )
        document = catalog.document_passages(found.collection, found.passage.source)
        section = _around(found, document)
        return SectionView(
            title=found.passage.title,
            headings=_common_headings(section),
            location=section[0].passage.location,
            collection=found.collection,
            passages=tuple((stored.id, stored.passage) for stored in section),
        )

    def ingest(
        self,
        paths: Sequence[Path],
        collection: str = "mine",
        progress: ProgressCallback | None = None,
        cancel: threading.Event | None = None,
    ) -> IngestReport:
        """Add files and folders to a collection; see `Index.ingest`."""
        if not collection.strip() or len(collection) > 100 or not collection.isprintable():
            raise BadInput(
                "A collection's name is 1 to 100 printable characters.",
                help="For example: --collection notes",
            )
        return self._index.ingest(
            [Path(path).expanduser().absolute() for path in paths], collection, progress, cancel
        )

    def collections(self) -> list[str]:
        """The names of the collections that hold something."""
        return self._index.catalog.collections()

    def sources(self) -> list[SourceInfo]:
        """Every indexed document."""
        return [
            SourceInfo(source, path, title, collection, format, passages, ingested_at)
            for collection, source, path, title, format, ingested_at, passages in self.catalog.documents()
        ]

    def forget(self, source: str) -> int:
        """Take out every document from a file or below a folder, by its path or the end of it.

        Returns the passages removed. Raises BadInput for the course, for what is not indexed, and for
        an ending that fits several files.
        """
        index = self._index
        absolute = str(Path(source).expanduser().absolute())
        files = {(info.collection, info.path) for info in self.sources()}
        chosen = {
            (collection, path)
            for collection, path in files
            if path in (source, absolute) or path.startswith(absolute.rstrip("/") + "/")
        }
        if not chosen:
            chosen = {(c, path) for c, path in files if path.endswith("/" + source.strip("/"))}
            if len({path for _, path in chosen}) > 1:
                raise BadInput(
                    f"{source} fits several sources.", help="Give the whole path: see tutor sources."
                )
        if any(collection == COURSE for collection, _ in chosen):
            raise BadInput(
                "The course is part of Tutor and cannot be taken out.", help="Leave it; it is small."
            )
        if not chosen:
            raise BadInput(f"{source} is not indexed.", help="See what is: tutor sources.")
        removed = 0
        with writing(self._folder, lambda _: None):
            for collection in {c for c, _ in chosen}:
                removed += index.catalog.remove_files(collection, [p for c, p in chosen if c == collection])
            index.fill(lambda _: None)
            index.catalog.drop_stale_vectors(index.encoder.name)
        return removed

    def salvage(self, damaged: Path) -> int:
        """Take over what can be read of a damaged index folder; returns the passages saved."""
        from knowledge.salvage import salvage

        return salvage(damaged / "index.db", self.catalog)

    def outline(self, collection: str) -> list[OutlineEntry]:
        """The documents and headings of a collection, in reading order."""
        entries: list[OutlineEntry] = []
        seen: tuple[str, tuple[str, ...]] = ("", ())
        for stored in self._index.catalog.collection_passages(collection):
            passage = stored.passage
            # Sections of the course are documents of their own that share their lesson's title.
            document = passage.title if collection == COURSE else passage.source
            if document != seen[0]:
                entries.append(OutlineEntry(passage.title, 0, stored.id, collection))
                seen = (document, ())
            for level, heading in enumerate(passage.headings):
                if passage.headings[: level + 1] != seen[1][: level + 1]:
                    entries.append(OutlineEntry(heading, level + 1, stored.id, collection))
            seen = (document, passage.headings)
        return entries

    def encode(self, texts: Sequence[str], *, query: bool = True) -> Matrix:
        """Unit vectors [n, d] of `texts`, float32, from the encoder that the index uses."""
        return self.encoder.encode(texts, query=query)

    @property
    def encoder(self) -> Encoder:
        """The encoder that the index uses."""
        return self._index.encoder

    @property
    def catalog(self) -> Catalog:
        """The manifest, for `tutor doctor` and the evaluation."""
        return self._index.catalog

    def close(self) -> None:
        """Close the index; the next call opens it again."""
        with self._lock:
            if self._opened is not None:
                self._opened[0].close()
                self._opened = None


def _around(found: StoredPassage, document: Sequence[StoredPassage]) -> list[StoredPassage]:
    """The passages shown with one: a course section's file, else those that share its top headings."""
    if found.collection == COURSE:
        return list(document)
    depth = len(found.passage.headings)
    while depth > 0:
        head = found.passage.headings[:depth]
        section = [stored for stored in document if stored.passage.headings[:depth] == head]
        # One short passage alone is no reading view: widen to its parent.
        if sum(len(stored.passage.text) for stored in section) >= 1_200 or depth == 1:
            return section
        depth -= 1
    return list(document)


def _common_headings(section: Sequence[StoredPassage]) -> tuple[str, ...]:
    common = section[0].passage.headings
    for stored in section:
        while stored.passage.headings[: len(common)] != common:
            common = common[:-1]
    return common
