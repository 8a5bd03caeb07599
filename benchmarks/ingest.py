"""Time an ingest and print how much of it is the encoders' own time.

    python benchmarks/ingest.py PATH [PATH ...]

The peer is the encoder itself over the same texts, timed inside the same ingest.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.embedding import Encoder, open_encoder
from knowledge.index import Index

if TYPE_CHECKING:
    from knowledge.embedding import Matrix


class Timed:
    """An encoder that adds up the seconds it takes."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder, self.name, self.seconds = encoder, encoder.name, 0.0

    def encode(self, texts: Sequence[str], *, query: bool) -> Matrix:
        began = time.perf_counter()
        vectors = self.encoder.encode(texts, query=query)
        self.seconds += time.perf_counter() - began
        return vectors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--encoder", default="auto")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        encoder = Timed(open_encoder(arguments.encoder))
        index = Index(Path(home) / "index", encoder)
        report = index.ingest(arguments.paths, "benchmark")
        again = index.ingest(arguments.paths, "benchmark")
        print(f"{report.documents} documents, {report.passages} passages in {report.seconds:.1f} s")
        print(f"encoder: {encoder.seconds:.1f} s, share {encoder.seconds / report.seconds:.3f}")
        print(f"again, unchanged: {again.seconds:.3f} s, {again.added} added")
        index.close()


if __name__ == "__main__":
    main()
