"""HTML pages: what is read on the page, without its navigation, scripts and footers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from knowledge.errors import Unreadable
from knowledge.loaders.content import Content
from knowledge.loaders.markdown import as_markdown, collapsed_kind, scan
from knowledge.passages import Block

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from bs4.element import Tag


def load_html(text: str, name: str) -> Content:
    """A page as Markdown blocks; locations are counted in blocks, as its lines say nothing to a reader.

    Raises Unreadable for a page without text.
    """
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(text, "lxml")
    title = _title(soup)
    for tag in soup(_NOT_READ):
        tag.decompose()
    for tag in soup.find_all(True, role=["navigation", "banner", "contentinfo", "search"]):
        tag.decompose()
    for tag in soup.find_all(True, class_=_FURNITURE):
        if not tag.decomposed and tag.name not in ("body", "html", "main", "article"):
            tag.decompose()
    root = soup.find("main") or soup.find("article") or soup.body or soup
    writer = _Writer()
    writer.children(root)
    blocks = tuple(
        Block(block.kind, block.text, f"part {number}", block.level, block.code_language)
        for number, block in enumerate(writer.blocks(), start=1)
    )
    if not blocks:
        raise Unreadable(
            "The page holds no text.", help="Save the page after it has loaded, or as plain text."
        )
    return Content(title or next((b.text for b in blocks if b.kind == "heading"), ""), blocks)


def looks_like_html(text: str) -> bool:
    """Whether a text with another suffix is an HTML page."""
    return bool(_HTML_OPENING.match(text[:2000]))


def _title(soup: BeautifulSoup) -> str:
    first = soup.find("h1")
    if first and first.get_text(strip=True):
        return _line(first.get_text(" "))
    title = _line(soup.title.get_text(" ")) if soup.title else ""
    return re.split(r"\s+[|–—·]\s+", title)[0]


class _Writer:
    """Turns elements into pieces: Markdown text, or blocks where Markdown would lose something."""

    def __init__(self) -> None:
        self.pieces: list[str | Block] = []
        self.run = ""

    def blocks(self) -> list[Block]:
        self._end()
        found: list[Block] = []
        for piece in self.pieces:
            found += scan(piece, lambda first, last: "") if isinstance(piece, str) else [piece]
        return found

    def children(self, tag: Tag) -> None:
        from bs4.element import NavigableString, Tag

        # a stack of our own: pages nest deeper than Python lets a function call itself
        stack = [iter(tag.children)]
        owners = [tag]
        while stack:
            child = next(stack[-1], None)
            if child is None:
                stack.pop()
                if owners.pop().name in _BLOCKS:
                    self._end()
            elif isinstance(child, Tag):
                if self._whole(child):
                    continue
                if child.name in _BLOCKS:
                    self._end()
                stack.append(iter(child.children))
                owners.append(child)
            elif type(child) is NavigableString:  # its subclasses are comments and the like
                self.run += re.sub(r"\s+", " ", child)

    def _whole(self, tag: Tag) -> bool:
        """Writes an element that is taken in one piece; False for one to go into."""
        name = tag.name
        classes = " ".join(tag.get("class") or [])
        if name == "math" or "katex" in classes.split() or name.startswith("mjx"):
            self.run += _formula(tag)
        elif re.fullmatch(r"h[1-6]", name):
            self._piece(Block("heading", _line(tag.get_text(" ")).rstrip("¶#").strip(), "", int(name[1])))
        elif name == "pre" or (name == "table" and "highlight" in classes):
            self._piece(Block("code", _code(tag), "", 0, _language(tag)))
        elif name == "table":
            self._piece(_table(tag))
        elif name in ("ul", "ol"):
            self._piece(Block("list", "\n".join(_items(tag)), ""))
        elif name == "details":
            self._details(tag)
        elif name in ("code", "kbd", "samp", "tt"):
            self.run += f"`{_line(tag.get_text())}`" if tag.get_text(strip=True) else ""
        elif name in ("strong", "b") and tag.get_text(strip=True):
            self.run += f"**{_line(tag.get_text(' '))}**"
        elif name == "br":
            self.run += "\n"
        elif name in ("img", "hr", "input"):
            pass
        else:
            return False
        return True

    def _details(self, tag: Tag) -> None:
        summary = tag.find("summary")
        label = _line(summary.get_text(" ")) if summary else "Details"
        if summary:
            summary.extract()
        inner = _Writer()
        inner.children(tag)
        kind = collapsed_kind(label)

        blocks = inner.blocks()
        if kind == "prose":
            self._end()
            self.pieces += [Block("prose", f"**{label}:**", ""), *blocks]
        else:
            text = "\n\n".join(as_markdown(block) for block in blocks)
            self._piece(Block(kind, f"**{label}**\n\n{text}", ""))

    def _piece(self, block: Block) -> None:
        self._end()
        if block.text.strip():
            self.pieces.append(block)

    def _end(self) -> None:
        text = "\n".join(line.strip() for line in self.run.strip().split("\n"))
        # prose is prose here, even where it begins like Markdown's headings or lists
        if text:
            formula = re.fullmatch(r"\$\$.+\$\$", text, re.DOTALL)
            self.pieces.append(Block("formula" if formula else "prose", text, ""))
        self.run = ""


def _formula(tag: Tag) -> str:
    source = tag.find("annotation", attrs={"encoding": "application/x-tex"})
    text = source.get_text() if source else tag.get("alttext") or tag.get_text()
    display = tag.get("display") == "block" or tag.find_parent(class_="katex-display") is not None
    return f"$${str(text).strip()}$$" if display else f"${str(text).strip()}$"


def _code(tag: Tag) -> str:
    for numbers in tag.find_all(class_=re.compile("linenos?|line-?numbers?|gutter")):
        numbers.decompose()
    return tag.get_text().strip("\n").rstrip()


def _language(tag: Tag) -> str:
    names = " ".join(
        " ".join(element.get("class") or [])
        for element in [tag, *tag.find_all("code", limit=1), *list(tag.parents)[:2]]
    )
    found = re.search(r"(?:language|lang|highlight|brush:)-?\s*([a-z0-9+#]+)", names)
    return found[1] if found and found[1] not in ("default", "none", "text") else ""


def _table(tag: Tag) -> Block:
    rows = [
        [
            _line(cell.get_text(" ")).replace("|", "\\|")
            for cell in row.find_all(["td", "th"], recursive=False)
        ]
        for row in tag.find_all("tr")
    ]
    rows = [row for row in rows if any(row)]
    code = tag.find("pre")
    if code is not None and len(rows) == 1:  # line numbers in one cell, code in the other
        return Block("code", _code(tag.find_all("pre")[-1]), "", 0, _language(tag))
    width = max((len(row) for row in rows), default=0)
    if width < 2:
        return Block("prose", "\n".join(cell for row in rows for cell in row), "")
    lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * width)
    return Block("table", "\n".join(lines), "")


def _items(tag: Tag, depth: int = 0) -> list[str]:
    lines: list[str] = []
    for number, item in enumerate(tag.find_all("li", recursive=False), start=1):
        inner = [nested for nested in item.find_all(["ul", "ol"]) if nested.find_parent("li") is item]
        for nested in inner:
            nested.extract()
        mark = f"{number}." if tag.name == "ol" else "-"
        for formula in item.find_all("math"):
            formula.replace_with(_formula(formula))
        text = _line(item.get_text(" " if item.find(["p", "div", "pre"]) else ""))
        if text:
            lines.append("  " * depth + f"{mark} {text}")
        for nested in inner if depth < 20 else []:
            lines += _items(nested, depth + 1)
    return lines


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


_HTML_OPENING = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_NOT_READ_TAGS = """script style noscript template nav footer aside form button svg iframe head select dialog
canvas video audio object"""
_NOT_READ = _NOT_READ_TAGS.split()
_FURNITURE = re.compile(
    r"^(?:nav|navbar|sidebar|footer|breadcrumbs?|toc|table-of-contents|cookie\S*|newsletter\S*"
    r"|share\S*|pagination"
    r"|related\S*|comments?|advert\S*|skip-link|headerlink|copybtn)$",
    re.IGNORECASE,
)
_BLOCK_TAGS = """p div section article main body html header blockquote figure figcaption dl dt dd address
center fieldset li td tr"""
_BLOCKS = frozenset(_BLOCK_TAGS.split())
