"""Checking an answer's [n] against the passages that were shown, while it streams."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable


class CitationFilter:
    """Passes an answer through, keeping only citations of numbers in `known`.

    [1, 2], [1-3], [^1], ［１］ and 【1】 are written out as [1][2]...; unknown numbers go, with the
    space before them. Code (fences, inline code) is left as it is, and so are intervals such as
    [0, 1], since no passage has the number 0.
    """

    def __init__(self, known: Iterable[int] = ()) -> None:
        self.known: set[int] = set(known)
        self.used: list[int] = []
        self._held = ""
        self._before = ""  # the last character let through
        self._line = ""  # the beginning of the line it stands on
        self._fence = ""  # the run of ` or ~ that opened the fence we are in
        self._code = ""  # the run of ` that opened the inline code we are in

    def feed(self, piece: str) -> str:
        """The text that is certain so far; what may become a citation is held until it is decided."""
        self._held += piece
        return self._drain(final=False)

    def finish(self) -> str:
        """What is left at the end of the answer."""
        return self._drain(final=True)

    def _drain(self, *, final: bool) -> str:
        out: list[str] = []
        text, at = self._held, 0
        while at < len(text):
            step = self._step(text, at, final)
            if step is None:
                break
            shown, at = step
            if shown:
                out.append(shown)
                self._before = shown[-1]
                start = shown.rfind("\n") + 1
                self._line = (shown[start:] if start else self._line + shown)[:80]
        self._held = text[at:]
        return "".join(out)

    def _step(self, text: str, at: int, final: bool) -> tuple[str, int] | None:
        """(what to let through, where to go on), or None to wait for more text."""
        char = text[at]
        if char in "`~":
            return self._ticks(text, at, final)
        if self._fence:
            return self._until(text, at, "`~")
        if self._code:
            if char == "\n" and self._before == "\n":
                self._code = ""  # a paragraph ended, so that backtick opened nothing
                return char, at + 1
            return (char, at + 1) if char == "\n" else self._until(text, at, "`\n")
        if char in " \t":
            end = _run(text, at, " \t")
            if end == len(text) and not final:
                return None
            if end < len(text) and text[end] in _OPEN:
                decided = self._citation(text, end, final)
                if decided is None:
                    return None
                shown, after = decided
                return (text[at:end] + shown if shown else "", after)
            return text[at:end], end
        if char in _OPEN and self._before != "\\":
            return self._citation(text, at, final)
        if char in _OPEN or char == "\n":
            return char, at + 1
        return self._until(text, at, "`~ \t\n" + _OPEN)

    @staticmethod
    def _until(text: str, at: int, stops: str) -> tuple[str, int]:
        end = at + 1
        while end < len(text) and text[end] not in stops:
            end += 1
        return text[at:end], end

    def _ticks(self, text: str, at: int, final: bool) -> tuple[str, int] | None:
        end = _run(text, at, text[at])
        if end == len(text) and not final:
            return None
        run = text[at:end]
        line_start = not self._line.strip()
        if self._fence:
            if line_start and run[0] == self._fence[0] and len(run) >= len(self._fence):
                self._fence = ""
        elif line_start and len(run) >= 3 and not self._code:
            self._fence = run
        elif run[0] == "`":
            if not self._code:
                self._code = run
            elif self._code == run:
                self._code = ""
        return run, end

    def _citation(self, text: str, at: int, final: bool) -> tuple[str, int] | None:
        found = _CITATION.match(text, at)
        if found is None:
            if not final and _BEGINNING.match(text, at):
                return None
            return text[at], at + 1
        end = found.end()
        if not final and end == len(text):
            return None  # a "(" may follow: then it is a link
        link = _LINK.match(text, end)
        if link is None and not final and _LINK_BEGINNING.match(text, end):
            return None
        numbers = _numbers(found.group("numbers"))
        index = 0 in numbers and (len(numbers) > 1 or self._before.isalnum() or self._before in "_])")
        if index:
            return found.group(), end
        kept = [n for n in dict.fromkeys(numbers) if n in self.known]
        self.used.extend(n for n in kept if n not in self.used)
        return "".join(f"[{n}]" for n in kept), link.end() if link else end


def strip_citations(text: str) -> str:
    """`text` without any citation, as an older answer is shown to a model."""
    every = CitationFilter()
    return every.feed(text) + every.finish()


def _numbers(listed: str) -> list[int]:
    found: list[int] = []
    for part in re.split(r"[,;、，；]", unicodedata.normalize("NFKC", listed)):
        ends = [int(number) for number in re.findall(r"\d+", part)]
        if len(ends) == 2 and ends[0] <= ends[1] <= ends[0] + 50:
            found.extend(range(ends[0], ends[1] + 1))
        else:
            found.extend(ends)
    return found


def _run(text: str, at: int, characters: str) -> int:
    while at < len(text) and text[at] in characters:
        at += 1
    return at


_OPEN = "[［【"
_ONE = r"\^?\s{0,2}\d{1,3}"
_SEPARATOR = r"\s{0,2}[,;、，；\-–—~〜]\s{0,2}"
_CITATION = re.compile(
    rf"[\[［【](?P<numbers>{_ONE}(?:{_SEPARATOR}{_ONE}){{0,20}})\s{{0,2}}(?:†[^】\]\n]{{0,80}})?[\]］】]"
)
_BEGINNING = re.compile(r"[\[［【][\s\^\d,;、，；\-–—~〜]{0,120}(?:†[^】\]\n]{0,80})?\Z")
_LINK = re.compile(r"\((?:https?:|www\.|[/#])[^()\s]{0,300}\)")
_LINK_BEGINNING = re.compile(r"\([^()\s]{0,300}\Z")
