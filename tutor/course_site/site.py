"""Writes the course as a static site into a folder."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from knowledge.glossary import glossary
from knowledge.lessons import Lesson, SectionInfo, outline, read_section
from tutor.course_site.markdown import code_style, inline_html, to_html
from tutor.errors import UsageError

MARK = "tutor-course.json"
"""A file that says a folder holds an export, and may be replaced by the next."""


@dataclass(frozen=True, slots=True)
class Page:
    """A section's page: its address within the site and its place in reading order."""

    section: SectionInfo
    lesson: Lesson
    address: str
    language: str


def export_course(
    folder: Path, course: Path | None = None, progress: Callable[[int, int], None] | None = None
) -> int:
    """Write the course (or a course in the folder `course`) into `folder`; returns the number of sections.

    An earlier export there is replaced, whole, once the new one is ready. Raises UsageError where the folder
    holds anything else or cannot be written.
    """
    folder = folder.absolute()
    _check(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        count = _write(building, course, progress or (lambda done, total: None))
        if folder.exists():
            shutil.rmtree(folder)
        building.chmod(0o755)
        building.rename(folder)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return count


def _check(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"{folder} is a file.", help="Give a folder that does not exist yet.")
    try:
        if any(folder.iterdir()) and not (folder / MARK).is_file():
            raise UsageError(
                f"{folder} holds other files, which an export would replace.",
                help="Give an empty folder, or one that does not exist yet.",
            )
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path, error: OSError) -> UsageError:
    return UsageError(
        f"{folder} cannot be written: {error.strerror or error}.", help="Give another folder after --html."
    )


def _write(folder: Path, course: Path | None, progress: Callable[[int, int], None]) -> int:
    lessons = outline(course)
    pages = [
        Page(
            section,
            lesson,
            f"{section.path.parent.name}/{section.path.stem}.html",
            "ja" if ".ja." in section.id else "en",
        )
        for lesson in lessons
        for section in lesson.sections
    ]
    terms = glossary(course)
    render = _templates()
    by_id = {page.section.id: page for page in pages}
    shared = {"lessons": [(lesson, [p for p in pages if p.lesson is lesson]) for lesson in lessons]}
    entries = []
    for number, page in enumerate(pages):
        body = read_section(page.section.id, course)
        text = render(
            "section.html.jinja",
            root="../",
            page=page,
            body=to_html(body),
            before=pages[number - 1] if number else None,
            after=pages[number + 1] if number + 1 < len(pages) else None,
            needs=[by_id[need] for need in page.section.needs],
            **shared,
        )
        _put(folder / page.address, text)
        entries += _search_entries(page, body)
        progress(number + 1, len(pages))
    _put(folder / "index.html", render("index.html.jinja", root="", count=len(pages), **shared))
    words = [(entry, inline_html(entry.definition), by_id[entry.section.id]) for entry in terms]
    _put(folder / "glossary.html", render("glossary.html.jinja", root="", words=words, **shared))
    # A script and not JSON: pages opened from the disk may not fetch.
    _put(folder / "search-index.js", f"const SEARCH_INDEX = {json.dumps(entries, ensure_ascii=False)};\n")
    for name in ("site.css", "site.js"):
        _put(folder / name, (files("tutor.course_site") / "static" / name).read_text(encoding="utf-8"))
    _put(folder / "code.css", code_style())
    _put(folder / MARK, json.dumps({"sections": len(pages)}) + "\n")
    return len(pages)


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _templates() -> Callable[..., str]:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    templates = Environment(
        loader=PackageLoader("tutor.course_site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["slug"] = slug

    def render(name: str, **values: Any) -> str:
        return templates.get_template(name).render(**values)

    return render


def slug(term: str) -> str:
    """A term as the name of its place on the glossary's page."""
    return re.sub(r"\W+", "-", term.casefold()).strip("-")


def _search_entries(page: Page, body: str) -> list[dict[str, str]]:
    """What the search looks through: each heading of a section with the text below it."""
    parts = re.split(r"^#{1,3} (.+)$", re.sub(r"^```\w*$", "", body, flags=re.MULTILINE), flags=re.MULTILINE)
    title = f"Lesson {page.lesson.number} · {page.section.title}"
    entries = []
    for number, (heading, text) in enumerate(zip(parts[1::2], parts[2::2], strict=True)):
        entries.append(
            {
                "title": title if number == 0 else f"{title} › {heading.strip()}",
                "address": page.address if number == 0 else f"{page.address}#{anchor(heading)}",
                "asks": " ".join(page.section.asks) if number == 0 else "",
                "text": " ".join(re.sub(r"[*`$\\{}|]+", " ", text).split()),
            }
        )
    return entries


def anchor(heading: str) -> str:
    """The id that the anchors plugin gives a heading."""
    from mdit_py_plugins.anchors.index import slugify

    name: str = slugify(re.sub(r"[*`]", "", heading.strip()))
    return name
