"""Time `tutor ask` from a cold start to its first words, against importing everything first.

    python benchmarks/cold_start.py [--runs 5]

Each run is a new process. The peer imports what a program of this kind usually imports at its top (torch,
sentence_transformers, chromadb, langchain, langchain_openai) and does nothing else.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

EVERYTHING = (
    "import torch, sentence_transformers, chromadb, langchain.agents, langchain_openai; print('ready')"
)
QUESTION = "What is supervised learning?"


def first_output(command: list[str], environment: dict[str, str]) -> float:
    """Seconds until the process writes its first byte to stdout."""
    began = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as child:
        assert child.stdout is not None
        child.stdout.read(1)
        seconds = time.perf_counter() - began
        child.stdout.read()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "TUTOR_HOME": home, "PYTHONUNBUFFERED": "1"}
        ask = [sys.executable, "-m", "tutor", "ask", QUESTION]
        print(f"very first start, course indexed: {first_output(ask, environment):.2f} s")
        ours = [first_output(ask, environment) for _ in range(runs)]
        theirs = [first_output([sys.executable, "-c", EVERYTHING], environment) for _ in range(runs)]
    print(f"tutor ask, first words: {statistics.median(ours):.2f} s")
    print(f"importing everything first: {statistics.median(theirs):.2f} s")
    print(f"ratio: {statistics.median(ours) / statistics.median(theirs):.2f}")


if __name__ == "__main__":
    main()
