"""The dense side of the index: one Chroma collection a Tutor collection, kept equal to the catalog.

Chroma loses data without an error in several ways (an emptied database file opens as an empty one, a
deleted vector folder answers with a handful of hits, another process's additions are not seen), so
nothing here is believed: counts and a probe are held against the catalog, and what does not agree is
made again from the vectors that the catalog keeps.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.errors import IndexUnavailable

if TYPE_CHECKING:
    from knowledge.embedding import Matrix

logger = logging.getLogger(__name__)

PROBE = 50
"""Neighbours asked for when a stored vector is looked up to see whether the index is sound."""

ADD_BATCH = 2_000
"""Vectors a call; Chroma refuses more than 5,461."""

StoredVector = tuple[str, bytes]
"""The id of a view, "ROW/VIEW" with its passage's row first, and its vector as float32 bytes."""


class DenseIndex:
    """Nearest neighbours by cosine over the views of passages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._client: Any = None
        self._lock = threading.RLock()

    def search(self, collection: str, model: str, vector: Matrix, limit: int) -> list[tuple[int, float]]:
        """The nearest views of `collection` as (passage row, cosine), nearest first."""
        with self._lock, self._failures():
            store = self._collection(collection, model, create=False)
            if store is None:
                return []
            found = store.query(query_embeddings=[vector], n_results=limit, include=["distances"])
            return [
                (int(id.partition("/")[0]), 1.0 - float(distance))
                for id, distance in zip(found["ids"][0], found["distances"][0], strict=True)
            ]

    def agrees(self, collection: str, model: str, count: int, sample: Sequence[StoredVector]) -> bool:
        """Whether Chroma really holds `count` views, and those of `sample` find themselves."""
        with self._lock:
            try:
                store = self._collection(collection, model, create=False)
                if store is None or store.count() != count:
                    return store is None and count == 0
                wanted = min(PROBE, count)
                missed = 0
                for id, raw in sample:
                    found = store.query(
                        query_embeddings=[_floats(raw)], n_results=wanted, include=["distances"]
                    )
                    ids, distances = found["ids"][0], found["distances"][0]
                    if len(ids) < wanted:
                        return False
                    # Equal texts have equal vectors, so a probe may find its twin: the distance decides.
                    missed += id not in ids and distances[0] > 1e-3
                # The search is approximate: one vector of several may be missed in a sound index.
                return missed <= len(sample) // 2
            except Exception as error:
                # Chroma raises many types for damaged files: whatever it is, what cannot be asked
                # does not agree, and the caller rebuilds and tells the person.
                logger.debug("Chroma did not answer: %s", error)
                return False

    def update(
        self,
        collection: str,
        model: str,
        vectors: Sequence[StoredVector],
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Make the Chroma collection hold exactly `vectors`, adding and deleting what differs."""
        with self._lock, self._failures():
            store = self._collection(collection, model, create=True)
            present = set(store.get(include=[])["ids"])
            gone = list(present - {id for id, _ in vectors})
            for start in range(0, len(gone), ADD_BATCH):
                store.delete(ids=gone[start : start + ADD_BATCH])
            new = [vector for vector in vectors if vector[0] not in present]
            for start in range(0, len(new), ADD_BATCH):
                batch = new[start : start + ADD_BATCH]
                store.add(ids=[id for id, _ in batch], embeddings=[_floats(raw) for _, raw in batch])
                if progress:
                    progress(min(start + ADD_BATCH, len(new)), len(new))

    def drop(self, collection: str, model: str) -> None:
        """Delete a collection; nothing happens where there is none."""
        with self._lock, self._failures():
            if self._collection(collection, model, create=False) is not None:
                self._open().delete_collection(_store_name(collection, model))

    def reopen(self) -> None:
        """Forget what this process has in memory, so that another process's additions are seen."""
        with self._lock:
            client, self._client = self._client, None
            if client is not None:
                client.close()

    def erase(self) -> None:
        """Delete the Chroma folder whole; the catalog can fill it again."""
        with self._lock, self._failures():
            from chromadb.api.shared_system_client import SharedSystemClient

            self._client = None
            # A client that failed to open stays in Chroma's cache half-made and would be handed out again.
            SharedSystemClient.clear_system_cache()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _open(self) -> Any:
        if self._client is None:
            import chromadb
            from chromadb.config import Settings

            self.folder.mkdir(parents=True, exist_ok=True)
            self._client = chromadb.PersistentClient(
                path=str(self.folder), settings=Settings(anonymized_telemetry=False)
            )
        return self._client

    def _collection(self, collection: str, model: str, *, create: bool) -> Any:
        name = _store_name(collection, model)
        client = self._open()
        if create:
            return client.get_or_create_collection(
                name,
                configuration={"hnsw": {"space": "cosine", "ef_search": 100}},
                embedding_function=None,
            )
        try:
            return client.get_collection(name, embedding_function=None)
        except Exception as error:
            # The type of "no such collection" has changed between Chroma's releases; its words have not.
            if "does not exist" in str(error):
                return None
            raise

    @contextlib.contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except IndexUnavailable:
            raise
        except Exception as error:
            raise IndexUnavailable(
                f"The vector index in {self.folder} failed ({_first_line(error)}).",
                help="Run `tutor doctor --repair` to build it again.",
                retryable=True,
            ) from error


def _store_name(collection: str, model: str) -> str:
    # Chroma allows only some characters in a name; people's collections may have any.
    digest = hashlib.blake2b(f"{collection}\n{model}".encode(), digest_size=12).hexdigest()
    return f"tutor-{digest}"


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__


def _floats(raw: bytes) -> Any:
    import numpy as np

    return np.frombuffer(raw, dtype="<f4")
