"""What reaches the terminal: results on stdout, everything else on stderr, nothing that steers a terminal."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from typing import Any, TextIO

from tutor.agent.plain_text import strip_controls


def say(text: str = "", *, end: str = "\n") -> None:
    """Write a result to stdout, without control sequences, at once."""
    _write(sys.stdout, plain(text) + end)


def say_json(value: dict[str, Any]) -> None:
    """Write one JSON object on one line to stdout, at once."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    _write(sys.stdout, _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")


def tell(text: str) -> None:
    """Write a diagnostic to stderr; a stderr that cannot be written loses it."""
    try:
        _write(sys.stderr, plain(text) + "\n")
    except OSError:
        return


def plain(text: str) -> str:
    """The text without terminal control sequences, as documents and servers may carry them."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return strip_controls(text)


def styled(text: str, *codes: int) -> str:
    """The text in SGR `codes` (1 bold, 2 dim, 31 red ...) where stdout shows them, else as it is."""
    shown = plain(text)
    return f"\x1b[{';'.join(map(str, codes))}m{shown}\x1b[0m" if has_colours(sys.stdout) else shown


def say_styled(text: str) -> None:
    """Write a line put together from `styled` pieces; the pieces are clean already."""
    _write(sys.stdout, text + "\n")


def has_colours(stream: TextIO | None) -> bool:
    """Whether colours are wanted on this stream: a terminal, no NO_COLOR, not dumb."""
    return (
        stream is not None
        and stream.isatty()
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM", "") != "dumb"
    )


def prepare_streams() -> None:
    """Make stdout and stderr UTF-8 that never fails over a character, whatever the locale."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def flush() -> None:
    """Push out what is buffered, so that a failing stdout is noticed before the exit code is given."""
    if sys.stdout is not None:
        sys.stdout.flush()


def abandon_stdout() -> None:
    """Point stdout at nothing, so that leaving does not try to write to it again."""
    if sys.stdout is None:
        return
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, descriptor)
    os.close(nothing)


def _write(stream: TextIO | None, text: str) -> None:
    if stream is not None:
        stream.write(text)
        stream.flush()


# What JSON leaves as it is, but a terminal may act on: DEL, C1 controls, and marks that reorder text.
_CONTROLS = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
