"""`tutor course`: the course's outline, its sections, its glossary, and all of it as a website."""

from __future__ import annotations

from pathlib import Path

import click

from tutor.cli.output import say, say_json, say_styled, styled
from tutor.errors import UsageError


@click.group()
def course() -> int:
    """Read the course: its lessons, sections and terms."""
    return 0


@course.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_sections(as_json: bool) -> int:
    """List the lessons and their sections."""
    from knowledge.lessons import outline

    lessons = outline()
    if as_json:
        say_json(
            {
                "lessons": [
                    {
                        "number": lesson.number,
                        "title": lesson.title,
                        "sections": [{"id": each.id, "title": each.title} for each in lesson.sections],
                    }
                    for lesson in lessons
                ]
            }
        )
        return 0
    for lesson in lessons:
        say_styled(styled(f"{lesson.number}  {lesson.title}", 1))
        width = max(len(each.id) for each in lesson.sections)
        for each in lesson.sections:
            say(f"   {each.id:<{width}}  {each.title}")
    return 0


@course.command()
@click.argument("section")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(section: str, as_json: bool) -> int:
    """Print a section, given by its id; formulas are readable."""
    from knowledge.lessons import read_section, section_info
    from tutor.formulas import readable

    info = section_info(section)
    body = read_section(section)
    if as_json:
        say_json(
            {
                "id": info.id,
                "title": info.title,
                "lesson": info.lesson,
                "concepts": list(info.concepts),
                "needs": list(info.needs),
                "asks": list(info.asks),
                "sources": list(info.sources),
                "text": body,
            }
        )
    else:
        say(readable(body, citations=False, markdown=False).rstrip())
    return 0


@course.command()
@click.argument("term", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def glossary(term: str | None, as_json: bool) -> int:
    """Print what the terms of the course mean, or what one TERM means."""
    from knowledge.glossary import glossary as read_glossary
    from tutor.formulas import readable

    entries = read_glossary()
    if term is not None:
        entries = [entry for entry in entries if entry.term.casefold() == term.strip().casefold()]
        if not entries:
            raise UsageError(
                f"The course defines no term {term!r}.", help=_near(term, [e.term for e in read_glossary()])
            )
    if as_json:
        say_json(
            {
                "terms": [
                    {"term": each.term, "definition": each.definition, "section": each.section.id}
                    for each in entries
                ]
            }
        )
        return 0
    for entry in entries:
        say_styled(f"{styled(entry.term, 1)}  {styled(entry.section.id, 2)}")
        say(f"   {readable(entry.definition, citations=False, markdown=False)}")
    return 0


@course.command()
@click.option("--html", "folder", metavar="DIR", required=True, help="The folder to write the website into.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def export(folder: str, as_json: bool) -> int:
    """Write the course as a small website: search, dark mode, no network needed.

    Open DIR/index.html in a browser, or put DIR on any web server. An earlier export in DIR is replaced.
    """
    from knowledge.progress import Progress
    from tutor.cli.progress import ProgressLine
    from tutor.course_site.site import export_course

    if not folder.strip():
        raise UsageError("No folder was given.", help="For example: tutor course export --html course")
    try:
        target = Path(folder).expanduser().absolute()
    except (RuntimeError, OSError) as error:
        raise UsageError(
            f"There is no folder {folder!r}.", help="Give another folder after --html."
        ) from error
    with ProgressLine() as line:
        count = export_course(
            target, progress=lambda done, total: line.show(Progress("Writing", done, total))
        )
    index = target / "index.html"
    if as_json:
        say_json({"sections": count, "index": str(index)})
    else:
        say(f"{count} sections written. Open {index}")
    return 0


def _near(term: str, known: list[str]) -> str:
    import difflib

    near = difflib.get_close_matches(term.casefold(), known, n=3, cutoff=0.6)
    return f"Did you mean {' or '.join(near)}?" if near else "List them all with: tutor course glossary"
