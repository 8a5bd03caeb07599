"""Keeping the index whole: reading files into the catalog, filling in vectors, repairing Chroma."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.catalog import Catalog, View
from knowledge.catalog_rows import COURSE, FileState
from knowledge.dense import DenseIndex
from knowledge.embedding import BATCH, Encoder
from knowledge.errors import BadInput, IndexUnavailable, Unreadable
from knowledge.loaders import Skipped, find_files, load
from knowledge.passages import Document, Passage, cut
from knowledge.progress import Progress, ProgressCallback, stop_if
from knowledge.shipped import shipped_vectors
from knowledge.write_lock import writing

SYNC_EVERY = 512
"""Vectors between two updates of Chroma while a large ingest runs."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did. `documents` and `passages` are what the input holds now; `added`,
    `unchanged` and `removed` count passages; `seconds` is wall time."""

    documents: int
    passages: int
    added: int
    unchanged: int
    removed: int
    skipped: tuple[Skipped, ...]
    seconds: float


class Index:
    """The catalog and Chroma, written to by one process at a time and read by any number."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self.folder = folder
        self.encoder = encoder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise IndexUnavailable(
                f"The index folder {folder} cannot be made ({error.strerror}).",
                help="Set TUTOR_HOME to a folder that you can write to.",
            ) from error
        self.catalog = Catalog(folder / "index.db")
        self.dense = DenseIndex(folder / "chroma")
        self._checked: dict[str, int] = {}
        self._check_lock = threading.Lock()

    def close(self) -> None:
        """Close the files; the index can be opened again."""
        self.dense.reopen()
        self.catalog.close()

    # -- reading in ----------------------------------------------------------------------------

    def ingest(
        self,
        paths: Sequence[Path],
        collection: str,
        progress: ProgressCallback | None = None,
        cancel: threading.Event | None = None,
    ) -> IngestReport:
        """Read files and folders into a collection; what did not change costs nothing.

        A file that cannot be read is reported and the rest goes on. After a cancel or a crash,
        everything reported so far stays and the next call goes on from there. Raises BadInput for
        the collection `course` or a path that does not exist, IndexUnavailable for a full disk.
        """
        if collection == COURSE:
            raise BadInput(
                "The collection `course` is Tutor's own and cannot be added to.",
                help="Choose another name: tutor ingest PATH --collection NAME.",
            )
        started = time.perf_counter()
        tell = progress or (lambda _: None)
        with writing(self.folder, tell, cancel), _disk(self.folder):
            files, skipped = find_files(paths)
            totals = _Totals(skipped=list(skipped))
            for number, file in enumerate(files):
                stop_if(cancel)
                tell(Progress("Reading", number, len(files), file.name))
                self._read(collection, file, totals)
            totals.removed += self._forget_gone(collection, paths, files)
            self.fill(tell, cancel)
        return IngestReport(
            totals.documents,
            totals.passages,
            totals.added,
            totals.unchanged,
            totals.removed,
            tuple(totals.skipped),
            time.perf_counter() - started,
        )

    def _read(self, collection: str, file: Path, totals: _Totals) -> None:
        path = str(file)
        known = self.catalog.file_state(collection, path)
        try:
            status = file.stat()
            unchanged = known is not None and (known.size, known.modified_ns) == (
                status.st_size,
                status.st_mtime_ns,
            )
            digest = known.sha256 if known and unchanged else _sha256(file)
        except OSError as error:
            totals.skipped.append(Skipped(path, f"cannot be read: {error.strerror}"))
            return
        state = FileState(path, status.st_size, status.st_mtime_ns, digest, known.skipped if known else ())
        if known is not None and known.sha256 == digest:
            if not unchanged:
                self.catalog.note_file(collection, state)
            documents, passages = self.catalog.file_counts(collection, path)
            totals.add(documents, passages, (0, passages, 0), [Skipped(*s) for s in known.skipped])
            return
        cut_documents, skipped = _load_and_cut(file)
        if not cut_documents and known is None and skipped:
            totals.skipped.extend(skipped)
            return
        state = FileState(
            path,
            status.st_size,
            status.st_mtime_ns,
            digest,
            tuple((s.path, s.reason) for s in skipped),
        )
        counts = self.catalog.put_file(collection, state, cut_documents)
        totals.add(len(cut_documents), sum(len(p) for _, p in cut_documents), counts, skipped)

    def _forget_gone(self, collection: str, paths: Sequence[Path], found: Sequence[Path]) -> int:
        """Forget what was ingested from these folders and is no longer in them."""
        roots = [str(path.resolve()) + os.sep for path in paths if path.is_dir()]
        still = {str(file) for file in found}
        gone = [
            path
            for path in self.catalog.files(collection)
            if path not in still and any(path.startswith(root) for root in roots)
        ]
        return self.catalog.remove_files(collection, gone) if gone else 0

    def put_course(
        self, documents: Sequence[Document], fingerprint: str, tell: ProgressCallback = lambda _: None
    ) -> bool:
        """Make the collection `course` hold exactly `documents`; returns whether anything changed."""
        if self.catalog.meta("course") == fingerprint:
            return False
        changed = False
        for number, document in enumerate(documents, 1):
            tell(Progress("Reading", number, len(documents), COURSE))
            state = FileState(document.source, 0, 0, document.sha256, ())
            known = self.catalog.file_state(COURSE, document.source)
            if known is None or known.sha256 != document.sha256:
                self.catalog.put_file(COURSE, state, [(document, cut(document))])
                changed = True
        gone = set(self.catalog.files(COURSE)) - {document.source for document in documents}
        if gone:
            self.catalog.remove_files(COURSE, gone)
        self.catalog.set_meta("course", fingerprint)
        return changed or bool(gone)

    # -- vectors -------------------------------------------------------------------------------

    def pending(self) -> int:
        """How many texts still wait for their vector."""
        return len(self.catalog.missing_views(self.encoder.name))

    def fill(self, tell: ProgressCallback, cancel: threading.Event | None = None) -> list[str]:
        """Encode what has no vector yet and bring Chroma up to date; returns messages for the person.

        What needs no encoding, such as the shipped course, can be searched from the first "Encoding" on.
        """
        model = self.encoder.name
        before = self.catalog.meta("model")
        missing = self._use_shipped(self.catalog.missing_views(model))
        messages = self._sync(tell)
        if before not in (None, model) and missing:
            messages.append(
                f"The embedding model changed from {before} to {model}:"
                f" {len(missing)} texts are encoded again."
            )
        missing.sort(key=lambda view: len(view.text))
        for start in range(0, len(missing), BATCH):
            tell(Progress("Encoding", start, len(missing)))
            stop_if(cancel)
            self._encode(missing[start : start + BATCH])
            if (start // BATCH) % (SYNC_EVERY // BATCH) == SYNC_EVERY // BATCH - 1:
                self._sync(tell)
        tell(Progress("Encoding", len(missing), len(missing)))
        if missing:
            messages += self._sync(tell)
        if before != model:
            if before is not None:
                for collection in self.catalog.collections():
                    self.dense.drop(collection, before)
                self.catalog.drop_stale_vectors(model)
            self.catalog.set_meta("model", model)
        return messages

    def _use_shipped(self, missing: list[View]) -> list[View]:
        if not missing:
            return missing
        shipped = shipped_vectors(self.encoder.name)
        ready = [(view.hash, shipped[view.hash]) for view in missing if view.hash in shipped]
        if ready:
            self.catalog.put_vectors(self.encoder.name, ready)
        return [view for view in missing if view.hash not in shipped]

    def _encode(self, views: Sequence[View]) -> None:
        vectors = self.encoder.encode([view.text for view in views], query=False)
        self.catalog.put_vectors(
            self.encoder.name,
            [
                (view.hash, vector.astype("<f4").tobytes())
                for view, vector in zip(views, vectors, strict=True)
            ],
        )

    def _sync(self, tell: ProgressCallback) -> list[str]:
        """Bring Chroma to what the catalog says; call with the write lock held."""
        damaged = False
        for collection in self.catalog.collections():
            if self._sync_state(collection) == "damaged":
                damaged = True
        if damaged:
            self.dense.erase()
        for collection in self.catalog.collections():
            # A collection without any vector stays with lexical search.
            if self._sync_state(collection) != "whole" and self._has_vectors(collection):
                self._update(collection, tell)
        if damaged:
            return [
                "The vector index was damaged; it has been rebuilt from"
                f" {self.catalog.count()} stored passages."
            ]
        return []

    def _update(self, collection: str, tell: ProgressCallback) -> None:
        model = self.encoder.name
        generation = self.catalog.generation
        signature = self.catalog.vector_signature(collection, model)
        vectors = self.catalog.view_vectors(collection, model)
        self.dense.update(
            collection,
            model,
            vectors,
            lambda done, total: tell(Progress("Indexing", done, total, collection)),
        )
        if not self._agrees(collection):
            raise IndexUnavailable(
                f"The vector index in {self.dense.folder} does not keep what is written to it.",
                help="Check the disk, then run `tutor doctor --repair`.",
            )
        self.catalog.set_meta(_synced_key(model, collection), signature)
        self._checked[collection] = generation

    def _sync_state(self, collection: str) -> str:
        """ "whole", "behind" (the catalog moved on) or "damaged" (Chroma lost what it had)."""
        model = self.encoder.name
        synced = self.catalog.meta(_synced_key(model, collection))
        if synced != self.catalog.vector_signature(collection, model):
            return "behind"
        return "whole" if self._agrees(collection) else "damaged"

    def _agrees(self, collection: str) -> bool:
        model = self.encoder.name
        count = self.catalog.vector_count(collection, model)
        sample = self.catalog.view_vectors(collection, model, sample=4)
        return self.dense.agrees(collection, model, count, sample)

    def _has_vectors(self, collection: str) -> bool:
        return self.catalog.vector_count(collection, self.encoder.name) > 0

    def dense_ready(self, collection: str) -> bool:
        """Whether Chroma can be asked about `collection`: checked once for each state of the catalog."""
        generation = self.catalog.generation
        with self._check_lock:
            known = self._checked.get(collection)
            if known == generation:
                return True
            if known is not None:
                self.dense.reopen()
            ready = self._has_vectors(collection) and self._agrees(collection)
            if ready:
                self._checked[collection] = generation
            return ready


@dataclass(slots=True)
class _Totals:
    skipped: list[Skipped]
    documents: int = 0
    passages: int = 0
    added: int = 0
    unchanged: int = 0
    removed: int = 0

    def add(
        self, documents: int, passages: int, counts: tuple[int, int, int], skipped: Sequence[Skipped]
    ) -> None:
        self.documents += documents
        self.passages += passages
        self.added += counts[0]
        self.unchanged += counts[1]
        self.removed += counts[2]
        self.skipped.extend(skipped)


def _synced_key(model: str, collection: str) -> str:
    return f"synced {model} {collection}"


def _load_and_cut(file: Path) -> tuple[list[tuple[Document, list[Passage]]], list[Skipped]]:
    try:
        documents, skipped = load(file)
        return [(document, cut(document)) for document in documents], skipped
    except Unreadable as error:
        return [], [Skipped(str(file), str(error))]
    except OSError as error:
        return [], [Skipped(str(file), f"cannot be read: {error.strerror}")]
    except (RecursionError, MemoryError):
        return [], [Skipped(str(file), "nested too deeply or too large to be read")]


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextlib.contextmanager
def _disk(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise IndexUnavailable(
            f"The index in {folder} cannot be written ({error.strerror or error}).",
            help="Free some space or set TUTOR_HOME to a folder that you can write to.",
            retryable=True,
        ) from error
