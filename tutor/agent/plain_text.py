"""Taking terminal control sequences out of text that came from outside."""

from __future__ import annotations

import re


def strip_controls(text: str) -> str:
    """`text` without escape sequences, control characters (but newline, tab) and hidden direction marks."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", _SEQUENCE.sub("", text))


class ControlFilter:
    """`strip_controls` over a stream: a sequence split across pieces is still seen whole."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> str:
        """The clean text that is certain so far."""
        text = self._held + piece
        begun = _BEGUN.search(text)
        # A sequence that never ends must not hold the answer back for ever.
        if begun and len(text) - begun.start() <= _LONGEST:
            self._held = text[begun.start() :]
            text = text[: begun.start()]
        else:
            self._held = ""
        return strip_controls(text)

    def finish(self) -> str:
        """What is left at the end of the stream, clean."""
        text, self._held = self._held, ""
        return strip_controls(text)


_LONGEST = 4096
# CSI, then OSC/DCS/SOS/PM/APC up to their terminator, then two-character escapes; 7-bit and 8-bit forms.
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)
_BEGUN = re.compile(
    r"(?:(?:\x1b\[|\x9b)[0-?]*[ -/]*"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*\x1b?"
    r"|\x1b[ -/]*|\r)\Z"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
