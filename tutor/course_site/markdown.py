"""A section's Markdown as HTML: formulas as MathML, code coloured, links to other sections kept."""

from __future__ import annotations

import html
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt


def to_html(markdown: str) -> str:
    """The HTML of a section; raw HTML in it is shown as text, links to sections lead to their pages."""
    rendered: str = _parser().render(markdown)
    return rendered


def inline_html(markdown: str) -> str:
    """The HTML of one line, without a paragraph around it."""
    rendered: str = _parser().renderInline(markdown)
    return rendered


def code_style() -> str:
    """The colours of code, light and dark, as CSS."""
    from pygments.formatters import HtmlFormatter

    light = HtmlFormatter(style="xcode", nobackground=True).get_style_defs("[data-theme=light] .code")
    dark = HtmlFormatter(style="github-dark", nobackground=True).get_style_defs("[data-theme=dark] .code")
    return f"{light}\n{dark}\n"


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.anchors import anchors_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    parser = MarkdownIt("commonmark", {"html": False, "highlight": _code}).enable(["table", "strikethrough"])
    parser.use(dollarmath_plugin, allow_digits=True, double_inline=True, renderer=_formula)
    parser.use(anchors_plugin, max_level=3)
    parser.core.ruler.push("section_links", _link_sections)
    return parser


def _code(text: str, language: str, _attributes: str) -> str:
    """A code block; a language that is not known is shown plain."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language or "text", stripnl=False)
    except ClassNotFound:
        lexer = get_lexer_by_name("text", stripnl=False)
    body: str = highlight(text, lexer, HtmlFormatter(nowrap=True))
    return f'<pre class="code" tabindex="0"><code>{body}</code></pre>'


def _formula(text: str, options: dict[str, Any]) -> str:
    """MathML; LaTeX that cannot be converted is shown as it is written."""
    from latex2mathml.converter import convert

    display = "block" if options.get("display_mode") else "inline"
    try:
        formula: str = convert(text, display=display)
    except Exception:  # the converter raises a dozen types, IndexError among them
        return f"<code>{html.escape(text)}</code>"
    return f'<span class="formula">{formula}</span>' if display == "block" else formula


def _link_sections(state: Any) -> None:
    for token in state.tokens:
        for child in token.children or ():
            target = str(child.attrGet("href") or "")
            if child.type == "link_open" and ".md" in target and "://" not in target:
                child.attrSet("href", target.replace(".md", ".html"))
