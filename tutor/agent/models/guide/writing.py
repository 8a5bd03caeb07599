"""The Guide's Markdown: each quote after the name of its section, followed by its number."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.agent.models.guide.phrases import Language, say
from tutor.agent.models.guide.quoting import Quote


def written(quotes: Sequence[Quote], language: Language, lead: str = "") -> str:
    """The quotes as Markdown, each after the name of its section and followed by its number."""
    parts = [lead] if lead else []
    before = ""
    for quote in quotes:
        section = plain_title(quote.passage["section"])
        role = quote.role
        if role == "from" and before:
            role = "also"
        # Two quotes of one section in a row need no second naming.
        if section != before or role not in ("from", "also"):
            parts.append(say(role, language, section=section))
        before = section
        parts.append(cited(quote))
    return "\n\n".join(parts)


def cited(quote: Quote) -> str:
    """A quote with its number, on a line of its own where the quote ends in a block."""
    text = quote.text
    number = f"[{quote.passage['n']}]"
    last = text.rsplit("\n", 1)[-1].strip()
    # After a fence, a table row or a formula the number needs a paragraph of its own.
    alone = last.startswith(("```", "~~~", "|")) or last.endswith(("$$", r"\]", r"}", "```"))
    return f"{text}\n\n{number}" if alone else f"{text} {number}"


def plain_title(title: str) -> str:
    """A title that cannot break out of the emphasis around it; underscores within a name stay."""
    return re.sub(r"[*`\[\]<]|(?<![A-Za-z0-9])_+|_+(?![A-Za-z0-9])", "", title).strip() or "?"
