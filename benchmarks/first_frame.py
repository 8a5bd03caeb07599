"""Time to the first frame: the app against a bare Textual app, started by turns in the same run.

    python benchmarks/first_frame.py [--runs 7]

Each start gets a pseudo-terminal of its own; the clock runs from the start of the process until the
words of its first frame have come out of it. Prints the medians in seconds and their ratio.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pty
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("first frame")
Bare().run()
"""
TIMEOUT = 30.0


def seconds_to(words: bytes, command: list[str], environment: dict[str, str]) -> float:
    """Seconds from the start of `command` until `words` came out of it; it is killed then."""
    began = time.perf_counter()
    process, terminal = pty.fork()
    if process == 0:
        os.execvpe(command[0], command, environment)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    seen = b""
    try:
        while words not in seen:
            if time.perf_counter() - began > TIMEOUT:
                raise SystemExit(f"{command[:3]} showed no frame within {TIMEOUT:.0f} s:\n{seen[-2000:]!r}")
            if select.select([terminal], [], [], 0.2)[0]:
                try:
                    seen += os.read(terminal, 65536)
                except OSError as error:
                    raise SystemExit(
                        f"{command[:3]} ended before its first frame: {seen[-2000:]!r}"
                    ) from error
        return time.perf_counter() - began
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(terminal)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    root = Path(__file__).resolve().parent.parent
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "TUTOR_HOME": home,
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "PYTHONPATH": str(root),
        }
        bare = [sys.executable, "-c", BARE]
        tutor = [sys.executable, "-m", "tutor"]
        times: dict[str, list[float]] = {"bare": [], "tutor": []}
        for run in range(options.runs + 1):
            for name, words, command in (
                ("bare", b"first frame", bare),
                ("tutor", b"Ask about machine learning", tutor),
            ):
                taken = seconds_to(words, command, environment)
                if run:  # the first of each fills the disk cache and the compiled files
                    times[name].append(taken)
    medians = {name: statistics.median(each) for name, each in times.items()}
    ratio = medians["tutor"] / medians["bare"]
    if options.json:
        print(
            json.dumps(
                {**{f"{name}_s": round(each, 3) for name, each in medians.items()}, "ratio": round(ratio, 2)}
            )
        )
        return
    for name, each in medians.items():
        low, high = min(times[name]), max(times[name])
        print(f"{name:6} {each:.3f} s   ({low:.3f} to {high:.3f}, {options.runs} runs)")
    print(f"ratio  {ratio:.2f}")


if __name__ == "__main__":
    main()
