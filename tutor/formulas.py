r"""Turns the formulas and citations of Markdown into what the app can show, piece by piece as it streams.

`$..$` and `\(..\)` become Unicode in the line, `$$..$$` and `\[..\]` a block of their own (a fence
marked FORMULA_FENCE), and `[3]` a link to `source:3`. Code is left alone. What might still become a
formula, a citation or code is held back until the text that decides it has come.
"""

from __future__ import annotations

import re

FORMULA_FENCE = "formula"
SOURCE_LINK = "source:"


def readable(text: str, *, citations: bool = True, markdown: bool = True) -> str:
    """A whole Markdown text with its formulas readable; `citations` makes links of `[1]`.

    Without `markdown` it is for a plain terminal, as in `FormulaStream`.
    """
    stream = FormulaStream(citations=citations, markdown=markdown)
    return stream.feed(text) + stream.finish()


class FormulaStream:
    """The same for text that comes in pieces: `feed` returns what can be shown for good.

    Without `markdown` the text is for a plain terminal: formulas are not fenced or escaped.
    """

    def __init__(self, *, citations: bool = True, markdown: bool = True) -> None:
        self._pending = ""
        self._line = ""
        self._fence = ""
        self._in_list = False
        self._after_blank = True
        self._code_line = False
        self._citations = citations
        self._markdown = markdown

    def feed(self, text: str) -> str:
        """The next piece; returns Markdown to append to what is shown, perhaps empty."""
        self._pending += text
        return self._convert(final=False)

    def finish(self) -> str:
        """What was held back, the text having ended."""
        return self._convert(final=True)

    def _convert(self, final: bool) -> str:
        parts: list[str] = []
        while self._pending:
            step = self._step(final)
            if step is None:
                break
            taken, shown = step
            self._remember(self._pending[:taken])
            self._pending = self._pending[taken:]
            parts.append(shown)
        return "".join(parts)

    def _step(self, final: bool) -> tuple[int, str] | None:
        """How much of what is pending is settled, and what to show for it; None: wait for more."""
        text = self._pending
        if not self._line:
            if self._is_undecided_line(text) and not final:
                return None
            self._code_line = self._begins_code(text)
        if self._fence or self._code_line:
            end = text.find("\n")
            taken = end + 1 if end >= 0 else len(text)
            if end < 0 and not final and (not self._line and text.lstrip()[:1] in {"", "`", "~"}):
                return None  # it may close the fence
            return taken, text[:taken]
        found = _SPECIAL.search(text)
        if found is None:
            return len(text), text
        if found.start() > 0:
            return found.start(), text[: found.start()]
        return self._special(text, final)

    def _special(self, text: str, final: bool) -> tuple[int, str] | None:
        if text[0] == "\n":
            return 1, "\n"
        if text[0] == "`":
            return self._inline_code(text, final)
        if text[0] == "[":
            return self._citation(text, final)
        if text.startswith("$$"):
            return self._formula(text, "$$", "$$", final, display=True)
        if text[0] == "$":
            return None if len(text) == 1 and not final else self._dollar(text, final)
        if len(text) == 1:
            return (1, text) if final else None
        if text[1] == "[":
            return self._formula(text, "\\[", "\\]", final, display=True)
        if text[1] == "(":
            return self._formula(text, "\\(", "\\)", final, display=False)
        return 2, text[:2]

    def _inline_code(self, text: str, final: bool) -> tuple[int, str] | None:
        run = len(text) - len(text.lstrip("`"))
        if run == len(text) and not final:
            return None
        closing = re.search(rf"(?<!`)`{{{run}}}(?!`)", text[run:])
        if closing is not None:
            end = run + closing.end()
            if end == len(text) and not final:
                return None  # one more backtick would make it another run
            return end, text[:end]
        return (run, text[:run]) if final or "\n\n" in text else None

    def _citation(self, text: str, final: bool) -> tuple[int, str] | None:
        if not self._citations:
            return 1, "["
        whole = _CITATION.match(text)
        if whole is None:
            return None if _CITATION_BEGUN.fullmatch(text) and not final else (1, "[")
        if whole.end() == len(text) and not final:
            return None
        after = text[whole.end()] if whole.end() < len(text) else ""
        if after in {"(", "["} or (after == ":" and not self._line.strip()):
            return 1, "["  # a link, or the definition of one
        links = [f"[\\[{n}\\]]({SOURCE_LINK}{n})" for n in re.findall(r"\d+", whole[0])]
        return whole.end(), " ".join(links)

    def _dollar(self, text: str, final: bool) -> tuple[int, str] | None:
        if text[1:2].isspace():
            return 1, "$"
        closing = _NEXT_DOLLAR.search(text, 1)
        if closing is not None:
            body = text[1 : closing.end() - 1]
            if closing.end() == len(text) and not final:
                return None  # a digit after it would make it money
            money = text[closing.end() : closing.end() + 1].isdigit() or body[-1:].isspace()
            if money or not body or "`" in body or "\n\n" in body:
                return 1, self._dollar_sign()
            return closing.end(), self._in_line(body)
        given_up = final or "\n\n" in text or len(text) > _LONGEST_INLINE
        return (1, self._dollar_sign()) if given_up else None

    def _formula(
        self, text: str, opening: str, closing: str, final: bool, *, display: bool
    ) -> tuple[int, str] | None:
        end = text.find(closing, len(opening))
        limit = _LONGEST_DISPLAY if display else _LONGEST_INLINE
        if end < 0:
            given_up = final or len(text) > limit or (not display and "\n\n" in text)
            escaped = "\\" * (opening[0] == "\\" and self._markdown)
            return (len(opening), escaped + opening) if given_up else None
        body, taken = text[len(opening) : end], end + len(closing)
        if opening == "\\[" and not _LOOKS_LIKE_MATH.search(body):
            return 2, opening  # an escaped bracket of ordinary text
        if not display or self._line.lstrip().startswith("|"):
            return taken, self._in_line(body)
        if taken == len(text) and not final:
            return None  # punctuation after it belongs to it
        mark = re.match(r"[.,;:]?[ \t]*", text[taken:])
        assert mark is not None
        after = text[taken + mark.end() :]
        if not after and not final:
            return None
        return taken + mark.end(), self._block(body, mark[0].strip(), after)

    def _dollar_sign(self) -> str:
        return "\\$" if self._markdown else "$"

    def _in_line(self, latex: str) -> str:
        from tutor.latex import to_line

        line = to_line(latex)
        return (_MARKDOWN_SIGNS.sub(r"\\\g<0>", line) if self._markdown else line) or latex

    def _block(self, latex: str, mark: str, after: str) -> str:
        from tutor.latex import to_block

        quote_or_indent = re.match(r"[ \t>]*", self._line)
        prefix = quote_or_indent[0] if quote_or_indent else ""
        if item := re.match(r"\s*(?:[-*+]|\d+[.)])\s+", self._line):
            prefix = " " * len(item[0])
        rows = (to_block(latex) or latex.strip()).split("\n")
        rows[-1] += mark
        begun = "\n" if self._line.strip(" \t>") else ""
        lines = [f"```{FORMULA_FENCE}", *rows, "```"] if self._markdown else [f"    {row}" for row in rows]
        body = "\n".join(prefix + line for line in lines)
        ended = "" if not after or after.startswith("\n") else f"\n{prefix}"
        return f"{begun}{body[len(prefix) :] if not begun else body}{ended}"

    def _is_undecided_line(self, text: str) -> bool:
        """Whether a line that has only begun may still open or close a fence."""
        return "\n" not in text and re.fullmatch(r"\s*(?:`{0,2}|~{0,2}|`{3,}[^`]*|~{3,}.*)", text) is not None

    def _begins_code(self, text: str) -> bool:
        if self._fence:
            return True
        line = text.partition("\n")[0]
        if re.match(r"\s*(?:[-*+>]\s+|\d+[.)]\s+)*(?:`{3,}[^`]*$|~{3,})", line):
            return True
        indented = line.startswith(("    ", "\t")) and bool(line.strip())
        return indented and not self._in_list and (self._after_blank or self._code_line)

    def _remember(self, taken: str) -> None:
        """Keeps track of the line and the fence that the next piece of text stands in."""
        for piece in taken.splitlines(keepends=True):
            self._line += piece
            if not piece.endswith("\n"):
                continue
            line = self._line
            self._line = ""
            fence = re.match(r"\s*(?:[-*+>]\s+|\d+[.)]\s+)*(`{3,}|~{3,})", line)
            if self._fence:
                if fence and fence[1].startswith(self._fence) and not line.strip().strip(fence[1][0]):
                    self._fence = ""
            elif fence and self._code_line:
                self._fence = fence[1]
            elif re.match(r"\s*(?:[-*+]|\d+[.)])\s", line):
                self._in_list = True
            elif line.strip() and not line[0].isspace() and self._after_blank:
                self._in_list = False
            self._after_blank = not line.strip()


_SPECIAL = re.compile(r"[\n`$\\\[]")
_CITATION = re.compile(r"\[\d{1,3}(?:, ?\d{1,3})*\]")
_CITATION_BEGUN = re.compile(r"\[[\d, ]{0,24}")
_NEXT_DOLLAR = re.compile(r"(?<!\\)\$")
_LOOKS_LIKE_MATH = re.compile(r"[\\^_=+<>{]")
_MARKDOWN_SIGNS = re.compile(r"[\\`*_\[\]<>|~#]")
_LONGEST_INLINE = 600
_LONGEST_DISPLAY = 6000
