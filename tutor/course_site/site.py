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
from tutor.formulas import readable

MARK = "tutor-course.json"
"""Lists the files of an export, which the next one in the same folder may replace."""

_BUILDING = ".tutor-course-"


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

    Pages of an earlier export there are replaced once the new ones are all ready; what an export did not
    write is never touched. Raises UsageError where the folder holds other things, or cannot be written.
    """
    try:
        folder = folder.resolve()
        _earlier(folder)  # refuse before the work, not after it
        folder.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=folder))
    except (OSError, RuntimeError) as error:
        raise _unwritable(folder, error) from error
    try:
        count = _write(building, course, progress or (lambda done, total: None))
        _move(building, folder)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return count


def _earlier(folder: Path) -> set[str]:
    """The files of an earlier export in `folder`; UsageError where it is no place for an export."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file.", help="Give a folder that does not exist yet.")
    if not folder.exists() or all(path.name.startswith(_BUILDING) for path in folder.iterdir()):
        return set()
    try:
        listed = json.loads((folder / MARK).read_text(encoding="utf-8"))["files"]
        return {str(name) for name in listed}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UsageError(
            f"{folder} holds other files, and no export of the course.",
            help="Give an empty folder, or one that does not exist yet.",
        ) from error


def _move(building: Path, folder: Path) -> None:
    """Put the finished files in place of the earlier ones, and take away those that are no longer written."""
    earlier = _earlier(folder)
    new = {path.relative_to(building).as_posix() for path in building.rglob("*") if path.is_file()}
    for name in sorted(new - earlier):
        if (folder / name).exists():
            raise UsageError(
                f"{folder / name} is in the way, and no export wrote it.",
                help="Move it, or give another folder.",
            )
    _list_files(folder, new | earlier)  # an export that is cut off here can be repeated
    for name in sorted(new):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (building / name).replace(folder / name)
    for name in earlier - new:
        gone = (folder / name).resolve()
        if folder in gone.parents:  # the list may have been edited
            gone.unlink(missing_ok=True)
    _list_files(folder, new)


def _list_files(folder: Path, names: set[str]) -> None:
    part = folder / f"{_BUILDING}{MARK}"
    _put(part, json.dumps({"files": sorted(names)}) + "\n")
    part.replace(folder / MARK)


def _unwritable(folder: Path, error: OSError | RuntimeError) -> UsageError:
    return UsageError(
        f"{folder} cannot be written: {getattr(error, 'strerror', None) or error}.",
        help="Give another folder after --html.",
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
    title = f"Lesson {page.lesson.number} · {page.section.title}"
    parts: list[tuple[str, list[str]]] = []
    in_code = False
    for line in body.splitlines():
        in_code ^= line.startswith("```")
        if line.startswith("#") and not in_code:
            parts.append((line.lstrip("# ").strip(), []))
        elif parts and not line.startswith("```"):
            parts[-1][1].append(line)
    return [
        {
            "title": title if number == 0 else f"{title} › {heading}",
            "address": page.address if number == 0 else f"{page.address}#{anchor(heading)}",
            "asks": " ".join(page.section.asks) if number == 0 else "",
            "text": _searchable("\n".join(lines)),
        }
        for number, (heading, lines) in enumerate(parts)
    ]


def _searchable(markdown: str) -> str:
    shown = readable(markdown, citations=False, markdown=False)
    return " ".join(re.sub(r"[*`|]+", " ", shown).split())


def anchor(heading: str) -> str:
    """The id that the anchors plugin gives a heading."""
    from mdit_py_plugins.anchors.index import slugify

    name: str = slugify(re.sub(r"[*`]", "", heading.strip()))
    return name
