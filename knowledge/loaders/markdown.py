"""Markdown as blocks: headings, prose, lists, tables, formulas, code, and hints folded away in <details>."""

from __future__ import annotations

import re
from collections.abc import Callable

from knowledge.loaders.content import Content, span
from knowledge.passages import Block, BlockKind

Locate = Callable[[int, int], str]


def load_markdown(text: str, name: str) -> Content:
    """A Markdown document; its front matter gives id, title, asks and metadata where present."""
    front, body, first_line = _front_matter(text)
    blocks = tuple(scan(body, lambda first, last: span("line", first + first_line, last + first_line)))
    title = str(front.pop("title", "") or "") or heading_title(blocks)
    asks = front.pop("asks", None)
    questions = (
        tuple(str(ask) for ask in asks if ask)
        if isinstance(asks, list)
        else (asks,)
        if isinstance(asks, str)
        else ()
    )
    return Content(title, blocks, str(front.pop("id", "") or ""), questions, front)


def heading_title(blocks: tuple[Block, ...]) -> str:
    """The heading that names the whole document: the first, if none later stands above it."""
    headings = [block for block in blocks if block.kind == "heading"]
    if not headings:
        return ""
    first = headings[0]
    tops = [block for block in headings if block.level == first.level]
    alone = len(tops) == 1 and all(block.level > first.level for block in headings[1:])
    return first.text if alone or (blocks[0] is first and first.level == 1) else ""


def scan(text: str, locate: Locate) -> list[Block]:
    """The blocks of a piece of Markdown.

    `locate(first, last)` puts a range of its lines, counted from 1, into words.
    """
    return _Scanner(text, locate).run()


def collapsed_kind(summary: str) -> BlockKind:
    """What a folded block is, by the line one clicks on to open it: hint, solution or prose."""
    if _HINT.search(summary):
        return "hint"
    return "solution" if _SOLUTION.search(summary) else "prose"


def strip_html(text: str) -> str:
    """Prose without HTML tags, images and comments; what stands in backticks is left alone."""
    if "<" not in text and "![" not in text:
        return text
    parts = re.split(r"(`+[^`\n]*`+)", text)
    for index in range(0, len(parts), 2):
        part = _COMMENT.sub("", parts[index])
        part = _IMAGE.sub("", part)
        part = re.sub(r"<br\s*/?>", "\n", part, flags=re.IGNORECASE)
        part = re.sub(r"</?(?:b|strong)\s*>", "**", part, flags=re.IGNORECASE)
        parts[index] = _TAG.sub("", part)
    return "".join(parts)


class _Scanner:
    """Walks the lines once; each method takes one block from `self.at` on."""

    def __init__(self, text: str, locate: Locate) -> None:
        self.lines = text.split("\n")
        self.locate = locate
        self.at = 0
        self.blocks: list[Block] = []

    def run(self) -> list[Block]:
        takers = (
            self._fence, self._formula, self._heading, self._details, self._comment, self._expandable,
            self._table, self._list, self._indented_code,
        )  # fmt: skip
        while self.at < len(self.lines):
            if not self.lines[self.at].strip() or _RULE.fullmatch(self.lines[self.at].strip()):
                self.at += 1
            elif not any(taker() for taker in takers):
                self._paragraph()
        return self.blocks

    def _add(
        self, kind: BlockKind, text: str, first: int, last: int, level: int = 0, language: str = ""
    ) -> None:
        keep = text.strip("\n").rstrip() if kind in ("code", "list") else text.strip()
        if keep.strip():
            self.blocks.append(Block(kind, keep, self.locate(first + 1, last + 1), level, language))

    def _fence(self) -> bool:
        opening = _FENCE.match(self.lines[self.at])
        if not opening:
            return False
        first, last = self.at, _fence_end(self.lines, self.at)
        body = self.lines[first + 1 : last] if last < len(self.lines) else self.lines[first + 1 :]
        indent = len(opening[1])
        body = [line[indent:] if line[:indent].isspace() else line for line in body]
        info = re.match(r"[{.\s]*([\w+#-]*)", opening[3])
        language = info[1].lower() if info else ""
        self.at = min(last, len(self.lines) - 1) + 1
        if language in ("math", "latex"):
            self._add("formula", "$$\n" + "\n".join(body).strip() + "\n$$", first, self.at - 1)
        else:
            self._add("code", "\n".join(body), first, self.at - 1, language=language)
        return True

    def _formula(self) -> bool:
        last = _formula_end(self.lines, self.at)
        if last < 0:
            return False
        self._add("formula", "\n".join(self.lines[self.at : last + 1]), self.at, last)
        self.at = last + 1
        return True

    def _heading(self) -> bool:
        line = self.lines[self.at]
        marked = _ATX.match(line) or _HTML_HEADING.match(line.strip())
        if marked:
            level = int(marked[1]) if marked[1].isdigit() else len(marked[1])
            self._add("heading", _plain(marked[2]), self.at, self.at, level)
            self.at += 1
            return True
        under = self.lines[self.at + 1].strip() if self.at + 1 < len(self.lines) else ""
        if not re.fullmatch(r"={2,}|-{2,}", under) or len(line) > 100 or _ITEM.match(line) or "|" in line:
            return False
        self._add("heading", _plain(line), self.at, self.at + 1, 1 if under[0] == "=" else 2)
        self.at += 2
        return True

    def _details(self) -> bool:
        if not re.match(r"\s*<details\b", self.lines[self.at], re.IGNORECASE):
            return False
        first, depth = self.at, 0
        for last in range(first, len(self.lines)):
            line = self.lines[last].lower()
            depth += line.count("<details") - line.count("</details")
            if depth <= 0:
                break
        whole = "\n".join(self.lines[first : last + 1])
        found = re.search(r"<summary[^>]*>(.*?)</summary>", whole, re.IGNORECASE | re.DOTALL)
        summary = _plain(found[1]) if found else "Details"
        body = whole[found.end() :] if found else whole
        self._collapsed(summary, re.sub(r"</?details[^>]*>", "", body, flags=re.IGNORECASE), first, last)
        self.at = last + 1
        return True

    def _expandable(self) -> bool:
        """A folded block whose tags were lost: all that is left is "Hint (click to expand)"."""
        line, first = self.lines[self.at], self.at
        following = self.lines[first + 1] if first + 1 < len(self.lines) else ""
        found = _EXPAND.match(line)
        start = first + 1
        if not found and re.fullmatch(r"\s*\(click to \w+[^)]*\)\.?\s*", following, re.IGNORECASE):
            found, start = re.match(r"\s*(.{1,100}?)\s*$", line), first + 2
        if not found:
            return False
        last = start
        while (
            last < len(self.lines)
            and not _EXPAND.match(self.lines[last])
            and not _ATX.match(self.lines[last])
        ):
            last += 1
        self._collapsed(_plain(found[1]), "\n".join(self.lines[start:last]), first, last - 1)
        self.at = last
        return True

    def _collapsed(self, summary: str, body: str, first: int, last: int) -> None:
        summary = (
            re.sub(r"\s*\(click to [^)]*\)\.?", "", summary, flags=re.IGNORECASE).strip(" .:") or "Details"
        )
        where = self.locate(first + 1, last + 1)
        inner = scan(body.replace("\u00a0", " "), lambda first, last: where)
        if not inner:
            return
        kind = collapsed_kind(summary)
        if kind == "prose":
            self.blocks.append(
                Block("prose", f"**{summary}**" if summary[-1:] == "?" else f"**{summary}:**", where)
            )
            self.blocks.extend(inner)
        else:
            text = "\n\n".join(as_markdown(block) for block in inner)
            self.blocks.append(Block(kind, f"**{summary}**\n\n{text}", where))

    def _comment(self) -> bool:
        if not self.lines[self.at].lstrip().startswith("<!--"):
            return False
        while self.at < len(self.lines) and "-->" not in self.lines[self.at]:
            self.at += 1
        self.at += 1
        return True

    def _table(self) -> bool:
        first = self.at
        if "|" not in self.lines[first] or first + 1 >= len(self.lines):
            return False
        if not _TABLE_RULE.fullmatch(self.lines[first + 1].strip()):
            return False
        while self.at < len(self.lines) and "|" in self.lines[self.at]:
            self.at += 1
        self._add(
            "table", "\n".join(line.strip() for line in self.lines[first : self.at]), first, self.at - 1
        )
        return True

    def _list(self) -> bool:
        if not _ITEM.match(self.lines[self.at]):
            return False
        first = last = self.at
        index = first + 1
        while index < len(self.lines):
            line = self.lines[index]
            end = _fence_end(self.lines, index) if _FENCE.match(line) else _formula_end(self.lines, index)
            indented = line[:1].isspace() and line.strip()
            if _ITEM.match(line) and not _RULE.fullmatch(line.strip()):
                last = index
            elif end >= 0 and indented:
                last = min(end, len(self.lines) - 1)
                index = last
            elif end >= 0 or self._starts_block(index):
                break
            elif indented:
                last = index
            elif line.strip():
                if last != index - 1:
                    break
                last = index  # a line of the item that its writer did not indent
            index += 1
        self._add("list", strip_html("\n".join(self.lines[first : last + 1])), first, last)
        self.at = last + 1
        return True

    def _indented_code(self) -> bool:
        first = self.at
        if not re.match(r"(?: {4}|\t)\S", self.lines[first]) or re.match(r"\s*<", self.lines[first]):
            return False
        last = first
        for index in range(first, len(self.lines)):
            line = self.lines[index]
            if line.strip() and not line.startswith(("    ", "\t")):
                break
            if line.strip():
                last = index
        body = [re.sub(r"^(?: {4}|\t)", "", line) for line in self.lines[first : last + 1]]
        self._add("code", "\n".join(body), first, last)
        self.at = last + 1
        return True

    def _paragraph(self) -> None:
        first = self.at
        self.at += 1
        while self.at < len(self.lines) and self.lines[self.at].strip() and not self._starts_block(self.at):
            if _ITEM.match(self.lines[self.at]) or _formula_end(self.lines, self.at) >= 0:
                break
            self.at += 1
        text = strip_html("\n".join(line.strip() for line in self.lines[first : self.at]))
        text = re.sub(r"\n{2,}", "\n", text).strip()
        lead = _LABELLED_HINT.match(text)
        kind: BlockKind = collapsed_kind(lead[1]) if lead else "prose"
        self._add(kind, text, first, self.at - 1)

    def _starts_block(self, index: int) -> bool:
        line = self.lines[index]
        return bool(
            _FENCE.match(line)
            or _ATX.match(line)
            or _EXPAND.match(line)
            or re.match(r"\s*(?:<details\b|<h[1-6]\b|<!--)", line, re.IGNORECASE)
            or _RULE.fullmatch(line.strip())
        )


def as_markdown(block: Block) -> str:
    """A block as it would be written in a Markdown file."""
    if block.kind in ("code", "output"):
        fence = "````" if "```" in block.text else "```"
        return f"{fence}{block.code_language}\n{block.text}\n{fence}"
    return "#" * block.level + " " + block.text if block.kind == "heading" else block.text


def _plain(text: str) -> str:
    text = re.sub(r"\[([^\[\]]{0,300})\]\([^()]{0,500}\)", r"\1", strip_html(text))
    text = re.sub(r"\{#[\w-]+\}\s*$|\s+#+\s*$", "", text)
    text = re.sub(r"(\*\*|__)(.+?)\1", r"\2", text)
    return re.sub(r"\s+", " ", text).strip()


def _fence_end(lines: list[str], first: int) -> int:
    """The index of the closing fence, or len(lines) where it was never closed; -1 where none opens."""
    opening = _FENCE.match(lines[first])
    if not opening:
        return -1
    mark = opening[2]
    for index in range(first + 1, len(lines)):
        stripped = lines[index].strip()
        if stripped.startswith(mark) and not stripped.strip(mark[0]):
            return index
    return len(lines)


def _formula_end(lines: list[str], first: int) -> int:
    """The index of the last line of a formula standing on its own, or -1 where none begins."""
    line = lines[first].strip()
    for opening, closing in _MATH:
        if not line.startswith(opening):
            continue
        if closing in line[len(opening) :]:
            return first if line.endswith((closing, closing + ".", closing + ",")) else -1
        for index in range(first + 1, min(first + 80, len(lines))):
            if closing in lines[index]:
                return index
    return -1


def _front_matter(text: str) -> tuple[dict[str, object], str, int]:
    """The mapping between "---" lines at the top, the rest, and how many lines the mapping took."""
    found = re.match(r"---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", text, re.DOTALL)
    if not found:
        return {}, text, 0
    import yaml

    try:
        front = yaml.safe_load(found[1])
    except (yaml.YAMLError, ValueError):
        return {}, text, 0
    if not isinstance(front, dict):
        return {}, text, 0
    return {str(key): value for key, value in front.items()}, text[found.end() :], found[0].count("\n")


_FENCE = re.compile(r"(\s*)(`{3,}|~{3,})([^`]*)$")
_ATX = re.compile(r" {0,3}(#{1,6})\s+(\S.*)$")
_HTML_HEADING = re.compile(r"<h([1-6])\b[^>]*>(.+?)(?:</h\1>)?$", re.IGNORECASE)
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+\S")
_RULE = re.compile(r"(?:[-*_=]\s*){3,}|:{3,}.*")
_TABLE_RULE = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?")
_EXPAND = re.compile(r"\s*(\S.{0,120}?)\s*\(click to \w+[^)]*\)\.?\s*$", re.IGNORECASE)
_MATH = (("$$", "$$"), ("\\[", "\\]"), ("\\begin{", "\\end{"))
_COMMENT = re.compile(r"<!--.{0,5000}?-->", re.DOTALL)
_IMAGE = re.compile(
    r"\[?!\[[^\[\]]{0,500}\]\((?:[^()\s]"
    r"|\([^()\n]{0,300}\))*(?:\s+\"[^\"\n]{0,300}\")?\)(?:\]\([^()\n]{0,500}\))?"
)
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|blockquote|body|button|caption|center|cite|code|col|dd|del|details|dfn|div"
    r"|dl|dt|em|figure"
    r"|figcaption|font|footer|h[1-6]|head|header|hr|html|i|iframe|img|ins|kbd|label|li|mark|nav|ol|p"
    r"|picture|pre"
    r"|q|section|small|source|span|strong|style|sub|summary|sup|svg|table|tbody|td|tfoot|th|thead|tr"
    r"|tt|u|ul|video"
    r"|audio|path)(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_HINT = re.compile(r"\bhints?\b|ヒント|提示|\bindices?\b", re.IGNORECASE)
_SOLUTION = re.compile(r"\b(?:solutions?|answers?)\b|解答|答え|解説|答案", re.IGNORECASE)
_LABELLED_HINT = re.compile(
    r"(?:\*\*|_)?((?:Hint|Solution|ヒント|解答例?)(?:\s*\d+)?)(?:\*\*|_)?\s*[:：]", re.IGNORECASE
)
