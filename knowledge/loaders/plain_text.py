"""Plain text, with the structure that its marks are gone from: headings, lists, code, tables, formulas."""

from __future__ import annotations

import re

from knowledge.loaders.bullets import ITEM, as_markdown_item
from knowledge.loaders.code_lines import code_end, is_diagram, is_diagram_start, language_of
from knowledge.loaders.content import Content, span
from knowledge.loaders.headings import CHAPTER, EXERCISE, Place, heading_rank, is_title
from knowledge.loaders.markdown import collapsed_kind, heading_title, scan
from knowledge.passages import Block, BlockKind


def load_text(text: str, name: str) -> Content:
    """A plain text; one that is written in Markdown is read as Markdown."""
    if _is_markdown(text):
        blocks = tuple(scan(text, lambda first, last: span("line", first, last)))
        return Content(heading_title(blocks), blocks)
    reader = _Reader(text.split("\n"))
    title = reader.take_title()
    blocks = tuple(reader.blocks())
    # A note of one line is its own title; it is also all there is to find.
    return Content(title, blocks or (Block("prose", title, "line 1"),) * bool(title))


def text_blocks(text: str) -> list[Block]:
    """The blocks of a plain text that is part of a larger one: a page, a cell."""
    return _Reader(text.split("\n")).blocks()


class _Reader:
    """Gives each line a kind, surest first, then gathers lines of a kind into blocks."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = [line.rstrip() for line in lines]
        self.kinds = [("blank" if not line else "") for line in self.lines]
        self.begins = [False] * len(lines)  # a block of its own begins here, though the kind goes on
        self.ranks = [0] * len(lines)
        inner = [bool(line) for line in "\n".join(self.lines).strip("\n").split("\n")]
        self.spaced = inner.count(False) > 0.08 * inner.count(True)
        self.width = 0 if self.spaced else _wrap_width(self.lines)
        self._mark_boilerplate()
        self._mark_numbered_code()
        self._mark_runs()

    def take_title(self) -> str:
        """The first line, where it can be a title; it is then no part of the text."""
        for index, line in enumerate(self.lines):
            if self.kinds[index] in ("blank", "drop"):
                continue
            alone = index + 1 >= len(self.lines) or self.kinds[index + 1] in ("blank", "drop")
            underlined = index + 1 < len(self.lines) and bool(
                re.fullmatch(r"={3,}|-{3,}", self.lines[index + 1])
            )
            if self.kinds[index] == "" and (alone or underlined) and is_title(line):
                self.kinds[index] = "drop"
                return line.strip()
            return ""
        return ""

    def blocks(self) -> list[Block]:
        self._mark_headings()
        found: list[Block] = []
        stack: list[tuple[int, str]] = []
        index = 0
        while index < len(self.lines):
            kind = self.kinds[index]
            if kind == "heading":
                found.append(self._heading(index, stack))
                index += 1
            elif kind == "answer":
                found += self._close_exercise(index, stack)
                index += 1
            elif kind in ("blank", "drop"):
                index += 1
            else:
                last = self._last_of(index)
                block = self._block(kind, index, last)
                found += [block] if block else []
                index = last + 1
        return found

    def _mark_boilerplate(self) -> None:
        for index, line in enumerate(self.lines):
            text = line.strip()
            if self.kinds[index] == "" and text:
                if _ANSWER_BUTTON.fullmatch(text):
                    self.kinds[index] = "answer"
                elif _BOILERPLATE.fullmatch(text) or _RULE.fullmatch(text):
                    self.kinds[index] = "drop"

    def _mark_numbered_code(self) -> None:
        """Code whose line numbers stand in a column of their own: "1", "2", "3 | first line" … "|"."""
        index = 0
        while index < len(self.lines):
            count = 0
            while index + count < len(self.lines) and self.lines[index + count].strip() == str(count + 1):
                count += 1
            first = index + count
            head = (
                re.match(rf"\s*{count + 1}\s*\|\s?(.*)", self.lines[first])
                if first < len(self.lines)
                else None
            )
            if head:
                last = self._end_of_cell(first, count + 1)
                self.lines[first] = head[1]
                self.kinds[index:first] = ["drop"] * count
                self.kinds[first : last + 1] = ["code"] * (last + 1 - first)
                self.begins[first] = True
                if self.lines[last].strip() == "|":
                    self.kinds[last] = "drop"
                index = last + 1
            elif count >= 3:
                self.kinds[index:first] = ["drop"] * count
                index = first
            else:
                index += max(1, count)

    def _end_of_cell(self, first: int, size: int) -> int:
        for index in range(first, min(first + size + 2, len(self.lines))):
            if self.lines[index].strip() == "|":
                return index
        return min(first + size, len(self.lines)) - 1

    def _mark_runs(self) -> None:
        """Diagrams, code, tables, formulas and lists."""
        index = 0
        while index < len(self.lines):
            if self.kinds[index]:
                index += 1
                continue
            end, kind = self._run(index)
            if end > index:
                for at in range(index, end):
                    if self.kinds[at] in ("", "blank", "drop"):
                        self.kinds[at] = kind
                self.begins[index] = True
                index = end
            else:
                if ITEM.match(self.lines[index]) or self._continues_item(index):
                    self.kinds[index] = "list"
                index += 1

    def _run(self, index: int) -> tuple[int, str]:
        lines = self.lines
        if is_diagram_start(lines[index]):
            end = index + 1
            while end < len(lines) and lines[end] and not ITEM.match(lines[end]) and is_diagram(lines[end]):
                end += 1
            return end, "code"
        end = code_end(lines, index)
        if end > index:
            return end, "code"
        end = _table_end(lines, index)
        if end > index:
            return end, "table"
        text = lines[index].strip()
        if text.startswith(("$$", "\\[", "\\begin{")):
            closing = "$$" if text.startswith("$$") else "\\]" if text.startswith("\\[") else "\\end{"
            for end in range(index, min(index + 60, len(lines))):
                if closing in (lines[end].strip()[2:] if end == index else lines[end]):
                    return end + 1, "formula"
        return index, ""

    def _continues_item(self, index: int) -> bool:
        """An indented line under a list item, or one right after it that goes on in lower case."""
        line = self.lines[index]
        before = index - 1
        while before >= 0 and self.kinds[before] == "blank":
            before -= 1
        if before < 0 or self.kinds[before] != "list":
            return False
        if line[:1].isspace() and len(line) - len(line.lstrip()) >= 2:
            return True
        return before == index - 1 and line[:1].islower()

    def _mark_headings(self) -> None:
        under = 0
        open_prose = [
            index for index, kind in enumerate(self.kinds) if kind not in ("blank", "drop", "answer")
        ]
        for order, index in enumerate(open_prose):
            if self.kinds[index] != "":
                continue
            before = open_prose[order - 1] if order else -1
            after = open_prose[order + 1] if order + 1 < len(open_prose) else -1
            line = self.lines[index]
            if after == index + 1 and re.fullmatch(r"\s*(?:={3,}|-{3,}|~{3,})\s*", self.lines[after]):
                self.kinds[index], self.ranks[index] = "heading", under + 5
                continue
            if re.fullmatch(r"\s*#{1,6}\s+\S.*", line):
                level = len(line.strip()) - len(line.strip().lstrip("#"))
                self.kinds[index], self.ranks[index] = "heading", CHAPTER + 10 * (level - 1)
                continue
            rank = heading_rank(line, self._place(index, before, after), under or CHAPTER)
            if rank:
                self.kinds[index], self.ranks[index] = "heading", rank
                if rank % 10 == 0 and rank != EXERCISE:
                    under = rank

    def _place(self, index: int, before: int, after: int) -> Place:
        previous = self.lines[before] if before >= 0 else ""
        following = self.lines[after] if after >= 0 else ""
        return Place(
            previous,
            (self.kinds[before] or "prose") if before >= 0 else "",
            following,
            (self.kinds[after] or "prose") if after >= 0 else "",
            before < index - 1 or before < 0,
            after > index + 1 or after < 0,
            self.spaced,
        )

    def _heading(self, index: int, stack: list[tuple[int, str]]) -> Block:
        rank, text = self.ranks[index], self.lines[index].strip().lstrip("#").strip()
        while stack and stack[-1][0] >= rank:
            stack.pop()
        stack.append((rank, text))
        return Block("heading", text, f"line {index + 1}", min(6, len(stack)))

    def _close_exercise(self, index: int, stack: list[tuple[int, str]]) -> list[Block]:
        """After an exercise's answer the section around it goes on: its heading stands again."""
        if not stack or stack[-1][0] != EXERCISE:
            return []
        stack.pop()
        if not stack or not self._prose_follows(index):
            return []
        return [Block("heading", stack[-1][1], f"line {index + 1}", min(6, len(stack)))]

    def _prose_follows(self, index: int) -> bool:
        for kind in self.kinds[index + 1 :]:
            if kind == "heading":
                return False
            if kind in ("", "list"):
                return True
        return False

    def _last_of(self, first: int) -> int:
        """The last line of the block that begins at `first`."""
        kind = self.kinds[first]
        last, index = first, first + 1
        while index < len(self.lines):
            now = self.kinds[index]
            if now == "blank" and kind == "list":
                index += 1
                continue
            if now != kind or self.begins[index]:
                break
            if kind == "" and self._new_paragraph(last, index):
                break
            last = index
            index += 1
        return last

    def _new_paragraph(self, last: int, index: int) -> bool:
        if self.spaced:
            return False
        line, before = self.lines[index].strip(), self.lines[last].strip()
        if self.width:  # lines broken to a width: a paragraph ends with one that falls short of it
            return len(before) < 0.6 * self.width or (
                len(before) < 0.85 * self.width and before.endswith(_ENDS)
            )
        # without blank lines each line is a paragraph, unless it goes on from the one before
        return not (line[:1].islower() or line[:1] in ",.;:)/" or before.endswith((",", "(")))

    def _block(self, kind: str, first: int, last: int) -> Block | None:
        lines = self.lines[first : last + 1]
        where = span("line", first + 1, last + 1)
        if kind == "code":
            text = _dedent("\n".join(lines).strip("\n"))
            return Block("code", text, where, 0, language_of(text)) if text.strip() else None
        if kind == "list":
            text = _dedent("\n".join(as_markdown_item(line) for line in lines))
            return Block("list", text, where)
        if kind == "table":
            return Block("table", _as_table(lines), where)
        text = "\n".join(line.strip() for line in lines).strip()
        if kind == "formula":
            return Block("formula", text, where)
        lead = _LABELLED_HINT.match(text)
        prose: BlockKind = collapsed_kind(lead[1]) if lead else "prose"
        return Block(prose, text, where) if text else None


def _is_markdown(text: str) -> bool:
    """Whether a text has Markdown's own marks: fences, or headings of a second level set apart."""
    head = text[:200_000]
    if len(re.findall(r"^ {0,3}(?:```|~~~)", head, re.MULTILINE)) >= 2:
        return True
    apart = re.findall(r"(?:\A|\n[ \t]*\n)(#{1,6}) \w[^\n]{0,100}\n(?=[ \t]*\n|\Z)", head)
    return len(apart) >= 2 and any(len(mark) > 1 for mark in apart)


def _wrap_width(lines: list[str]) -> int:
    """The width a text was broken to, as PDFs and mails are; 0 where its lines are paragraphs."""
    sizes = sorted(len(line) for line in lines if line)
    if len(sizes) < 4:
        return 0
    width = sizes[int(len(sizes) * 0.85)]
    full = sum(size > 0.8 * width for size in sizes)
    return width if 40 <= width <= 110 and sizes[-1] < 1.4 * width and full > 0.4 * len(sizes) else 0


def _table_end(lines: list[str], first: int) -> int:
    """The index after a table of bars or tabs that begins at `first`; `first` where none does."""
    for mark, least in (("|", 2), ("\t", 1)):
        end = first
        while end < len(lines) and lines[end].strip().strip("|").count(mark) >= least:
            end += 1
        widths = {lines[index].strip().strip("|").count(mark) for index in range(first, end)}
        if end - first >= 2 and len(widths) == 1:
            return end
    return first


def _as_table(lines: list[str]) -> str:
    rows = [[cell.strip() for cell in re.split(r"[|\t]", line.strip().strip("|"))] for line in lines]
    rows = [row for row in rows if not all(re.fullmatch(r":?-*:?", cell) for cell in row)]
    written = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([written[0], "|" + "---|" * len(rows[0]), *written[1:]])


def _dedent(text: str) -> str:
    lines = text.expandtabs(4).split("\n")
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[indent:] for line in lines)


_ENDS = (".", "?", "!", ":", "。", "？", "！", "：")
_RULE = re.compile(r"[-=_*~·•\s]{3,}|[|¦]+")
_ANSWER_BUTTON = re.compile(
    r"(?:Click (?:here )?(?:for|to (?:see|show|reveal)) (?:the )?(?:solution|answer)|(?:Show|See"
    r"|View) (?:the )?(?:solution|answer)"
    r"|解答を見る|解答を表示|答えを見る|查看答案)\s*[$¶#.]?",
    re.IGNORECASE,
)
# what web pages carry around their text
_BOILERPLATE = re.compile(
    r"(?:Open (?:in|with) (?:Google )?(?:Colab|Kaggle|Binder|SageMaker[\w ]*|Studio Lab)\s*)+"
    r"|(?:\W*\s*)?Subscribe(?: (?:to|for) (?:our|my|the) [\w ]{0,40})?[.!]?"
    r"|(?:\W*\s*)?Receive new [\w ]+ (?:straight )?to your inbox.*"
    r"|(?:Sign|Log) (?:in|up|out)(?: or \w+ up)?|Skip to (?:main )?content|Table of [Cc]ontents"
    r"|On this page|Back to top|Menu"
    r"|\d+ min(?:ute)?s?(?: read)?\.?|(?:Share|Tweet|Follow|Like|Copy|Copied!?|Copy link"
    r"|Edit this page|Print|Download)"
    r"|(?:Accept|Reject)(?: all)?(?: cookies)?|(?:This (?:site|website) uses|We use) cookies.*"
    r"|Cookie (?:policy|settings)"
    r"|(?:Next|Previous|Prev)(?: (?:page|chapter|lesson|post|article))?|(?:Terms of (?:Service|Use)"
    r"|Privacy Policy)"
    r"|(?:Open|Closed|Merged) \S+ (?:opened|closed|merged) .{0,40}ago.{0,60}|(?:\S+ )?(?:commented"
    r"|opened this issue) .{0,30}ago"
    r"|(?:©|Copyright ).{0,100}|All rights reserved\.?|Last (?:updated|modified).{0,40}|\d+ (?:views"
    r"|likes|comments|shares)"
    r"|Submit your feedback|Was this (?:page|article) helpful\?.*|Loading\.{0,3}|Advertisement",
    re.IGNORECASE,
)
_LABELLED_HINT = re.compile(r"((?:Hint|Solution|ヒント|解答例?)(?:\s*\d+)?)\s*[:：]", re.IGNORECASE)
