"""Time warm searches over 10,000 passages, against the plain recipe over the same passages.

    python benchmarks/search_speed.py [--passages 10000] [--queries 200]

Passages and their vectors are made up (random words in the course's vocabulary, random directions), so
that building them takes seconds; what is timed is the whole of a search for the questions that the course
answers: the real encoder, Chroma, SQLite and the ranking. The peer is what the usual recipe does:
sentence-transformers and one Chroma query.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from knowledge.library import Library

import numpy as np  # isort: skip  # after knowledge, which sets what its threads read when it is loaded

from knowledge.catalog_rows import FileState
from knowledge.lessons import outline
from knowledge.passages import Document, Passage
from knowledge.plain_recipe import PlainRecipe

PER_DOCUMENT = 50


def build(library: Library, count: int) -> list[Passage]:
    """Fill the collection `many` with `count` passages of about 90 words and their vectors."""
    rng = np.random.default_rng(0)
    library.prepare()
    words = np.array(sorted(library.catalog.vocabulary()))
    frequency = 1 / np.arange(1, len(words) + 1)
    made: list[Passage] = []
    for number in range(count // PER_DOCUMENT):
        passages = []
        for ordinal in range(PER_DOCUMENT):
            text = " ".join(rng.choice(words, size=90, p=frequency / frequency.sum()))
            heading = " ".join(rng.choice(words, size=3))
            passages.append(
                Passage(f"/many/{number}", f"Document {number}", (heading,), text, "", "prose", "en", ordinal)
            )
        document = Document(f"/many/{number}", f"Document {number}", "text", str(number), ())
        library.catalog.put_file("many", FileState(f"/many/{number}", 0, 0, "", ()), [(document, passages)])
        made += passages
    model = library.encoder.name
    views = library.catalog.missing_views(model)
    size = library.encode(["size"]).shape[1]
    vectors = rng.standard_normal((len(views), size)).astype("<f4")
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    library.catalog.put_vectors(
        model, [(view.hash, vector.tobytes()) for view, vector in zip(views, vectors, strict=True)]
    )
    library.prepare()
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--queries", type=int, default=200)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        library = Library(Path(home))
        made = build(library, arguments.passages)
        asks = [ask for lesson in outline() for section in lesson.sections for ask in section.asks]
        rng = np.random.default_rng(1)
        queries = [str(ask) for ask in rng.choice(asks, size=arguments.queries)]
        library.search(queries[0])
        ours = []
        for query in queries:
            began = time.perf_counter()
            library.search(query)
            ours.append((time.perf_counter() - began) * 1000)
        vectors = library.catalog.vector_count("many", library.encoder.name)
        print(f"{library.catalog.count()} passages, {vectors} vectors beside the course's")
        report("tutor", ours)
        recipe = PlainRecipe(made, vectors=rng.standard_normal((len(made) * 2, 384)).astype("<f4"))
        recipe.search(queries[0], 5)
        theirs = [recipe.search(query, 5)[1] * 1000 for query in queries]
        report("plain recipe", theirs)
        print(f"ratio of p95: {np.percentile(ours, 95) / np.percentile(theirs, 95):.2f}")
        library.close()


def report(name: str, times: list[float]) -> None:
    """Print the median and the 95th percentile in milliseconds."""
    print(f"{name}: p50 {np.percentile(times, 50):.1f} ms, p95 {np.percentile(times, 95):.1f} ms")


if __name__ == "__main__":
    main()
