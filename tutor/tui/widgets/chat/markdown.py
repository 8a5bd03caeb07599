"""Markdown as an answer or a passage shows it: formulas, links to sources, nothing run or fetched."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Markdown
from textual.widgets._markdown import (
    MarkdownBlock,
    MarkdownFence,
    MarkdownTable,
    MarkdownTableCellContents,
    MarkdownTableContent,
)

from tutor.formulas import FORMULA_FENCE, SOURCE_LINK
from tutor.tui.widgets.chat.citation import SourceCited


class CourseFence(MarkdownFence):
    """A fence of code, or a formula that was laid out over several lines."""

    DEFAULT_CSS = """
    CourseFence {
        margin: 0 0 1 0;
        background: $surface;
        color: $foreground;
        & > Label { padding: 0 2; }
        &.-formula {
            background: transparent;
            color: $text-accent;
            & > Label { padding: 0 4; }
        }
        &:ansi { background: ansi_default; }
    }
    """

    def on_mount(self) -> None:
        """Formulas stand free, code on a ground of its own."""
        self.set_class(self.lexer.strip() == FORMULA_FENCE, "-formula")

    @classmethod
    def highlight(cls, code: str, language: str, ansi: bool = False, dark: bool = False) -> Content:
        """Colours for code; a formula and code of no known language stay as they are."""
        language = language.split()[0] if language.split() else ""
        if language in {"", FORMULA_FENCE, "text", "output", "console"}:
            return Content(code)
        return super().highlight(code, language, ansi, dark)


class PlainTableContent(MarkdownTableContent):
    """A table whose cells have no tooltips, which would read the cells' text as markup."""

    DEFAULT_CSS = """
    PlainTableContent > .cell { text-overflow: fold; }
    PlainTableContent > .header { text-overflow: fold; text-style: bold; }
    """

    def compose(self) -> ComposeResult:
        """The header cells, then the others row by row."""
        for header in self.headers:
            yield MarkdownTableCellContents(header, classes="header")
        for row_index, row in enumerate(self.rows, 1):
            for cell in row:
                yield MarkdownTableCellContents(cell, classes=f"row{row_index} cell")
            self.last_row = row_index


class PlainTable(MarkdownTable):
    """A table made of plain cells."""

    DEFAULT_CSS = "PlainTable { &:light { background: transparent; } }"

    def compose(self) -> ComposeResult:
        """The table's cells."""
        self._headers, self._rows = self._get_headers_and_rows()
        yield PlainTableContent(self._headers, self._rows)

    async def _update_from_block(self, block: MarkdownBlock) -> None:
        """A table that has grown is laid out anew, so that its columns fit."""
        await MarkdownBlock._update_from_block(self, block)


class CourseMarkdown(Markdown):
    """Markdown whose `source:3` links post SourceCited and whose web links open in the browser."""

    BLOCKS = Markdown.BLOCKS | {"fence": CourseFence, "code_block": CourseFence, "table_open": PlainTable}
    DEFAULT_CSS = """
    CourseMarkdown {
        padding: 0;
        background: transparent;
        MarkdownBlock, MarkdownTableCellContents {
            link-color: $text-accent;
            link-style: bold;
            link-background: transparent;
            link-color-hover: $background;
            link-background-hover: $accent;
            link-style-hover: bold;
        }
        MarkdownBlock > .strong { text-style: bold; color: $foreground; }
        MarkdownH1, MarkdownH2, MarkdownH3, MarkdownH4, MarkdownH5, MarkdownH6 {
            content-align: left middle;
            background: transparent;
            color: $primary;
            text-style: bold;
            margin: 0 0 1 0;
            width: 1fr;
        }
        MarkdownH3, MarkdownH4, MarkdownH5, MarkdownH6 { color: $secondary-lighten-1; }
        MarkdownBlockQuote {
            background: transparent;
            border-left: outer $primary 60%;
            margin: 0 0 1 0;
            padding: 0 0 0 1;
            MarkdownParagraph { margin: 0; }
        }
        MarkdownHorizontalRule { border-bottom: solid $border-blurred; }
        MarkdownBullet { color: $primary; }
    }
    """

    def __init__(self, markdown: str | None = None, *, id: str | None = None, classes: str = "") -> None:
        super().__init__(markdown, id=id, classes=classes or None, open_links=False)

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        """Follow a citation to its source and a web address to the browser; nothing else."""
        event.stop()
        if event.href.startswith(SOURCE_LINK) and event.href[len(SOURCE_LINK) :].isdigit():
            self.post_message(SourceCited(self, int(event.href[len(SOURCE_LINK) :])))
        elif event.href.startswith(("http://", "https://")):
            self.app.open_url(event.href)
        else:
            self.app.notify(f"This link leads to {event.href[:200]}", markup=False)
