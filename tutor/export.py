"""A conversation as a Markdown document."""

from __future__ import annotations

from tutor.store import Turn


def as_markdown(name: str, turns: list[Turn]) -> str:
    """A conversation as a Markdown document: each question a heading, each answer with its sources."""
    parts = [f"# {name}\n"]
    for turn in turns:
        parts.append(
            f"\n## {' '.join(turn.question.split())}\n\n_{turn.asked_at[:16].replace('T', ' ')} UTC_\n"
        )
        if turn.answer is not None:
            parts.append(f"\n{turn.answer.answer.strip()}\n")
            if turn.answer.sources:
                parts.append("\n")
            for source in turn.answer.sources:
                where = f", {source.location}" if source.location else ""
                parts.append(f"- [{source.n}] {place(source.title, source.section)}{where}\n")
        if turn.state != "done":
            parts.append(f"\n_({_STATES[turn.state]})_\n")
    return "".join(parts)


def place(title: str, section: str) -> str:
    """Title and section in one line, "Title > Section", without saying the same twice."""
    if not section or section == title:
        return title
    return section if section.startswith(f"{title} > ") else f"{title} > {section}"


_STATES = {
    "running": "being answered right now",
    "stopped": "stopped before it was whole",
    "failed": "the answer failed",
    "interrupted": "Tutor ended before the answer was whole",
}
