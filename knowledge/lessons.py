"""The shipped course as lessons and sections: where it lies, its outline, and the text of one section."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import BadInput, KnowledgeError


@dataclass(frozen=True, slots=True)
class SectionInfo:
    """One section as its front matter describes it.

    `order` counts sections within the lesson, from 1. `concepts` are the terms the section
    defines, `needs` the ids of sections to read first, `asks` questions it answers in a learner's
    words, `labs` and `exercises` names of things to do, `sources` where its facts come from.
    """

    id: str
    title: str
    path: Path
    lesson: int
    order: int
    concepts: tuple[str, ...]
    needs: tuple[str, ...]
    asks: tuple[str, ...]
    labs: tuple[str, ...]
    exercises: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A numbered lesson and its sections in reading order."""

    number: int
    id: str
    title: str
    sections: tuple[SectionInfo, ...]


def course_folder() -> Path:
    """The folder of the shipped course, in a checkout and in an installed package alike.

    Raises KnowledgeError where the installation lacks it.
    """
    folder = Path(__file__).resolve().parent / "course"
    if not folder.is_dir():
        raise KnowledgeError(
            f"The course is missing: there is no folder {folder}.",
            help="Install Tutor again; the course is part of the package.",
        )
    return folder


def outline(folder: Path | None = None) -> list[Lesson]:
    """The lessons of the course, or of a course in `folder`, in order.

    A lesson is a folder named NN-title with at least one section in it, a section any Markdown
    file in it but README.md. Raises BadInput naming the file and key where front matter is wrong.
    """
    return list(_read_outline(folder or course_folder()))


def section_info(section_id: str, folder: Path | None = None) -> SectionInfo:
    """One section's front matter; raises BadInput naming the closest ids where there is none."""
    sections = {section.id: section for lesson in outline(folder) for section in lesson.sections}
    if section_id in sections:
        return sections[section_id]
    near = difflib.get_close_matches(section_id, sections, n=3, cutoff=0.4)
    raise BadInput(
        f"The course has no section {section_id!r}.",
        help=f"Did you mean {' or '.join(near)}?" if near else "List them all with: tutor course list",
    )


def section_path(section_id: str, folder: Path | None = None) -> Path:
    """The file of one section; raises BadInput as `section_info` does."""
    return section_info(section_id, folder).path


def read_section(section_id: str, folder: Path | None = None) -> str:
    """The Markdown of one section without its front matter; raises BadInput as `section_info` does."""
    return _split(section_path(section_id, folder))[1]


@functools.lru_cache(maxsize=4)
def _read_outline(folder: Path) -> tuple[Lesson, ...]:
    lessons: list[Lesson] = []
    seen: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        named = _LESSON_NAME.fullmatch(path.name)
        if not named or not path.is_dir():
            continue
        files = (file for file in sorted(path.glob("*.md")) if file.name != "README.md")
        sections = sorted((_section(file, int(named["number"])) for file in files), key=lambda s: s.order)
        for section in sections:
            if section.id in seen:
                raise BadInput(
                    f"Two sections have the id {section.id!r}: {seen[section.id]} and {section.path}.",
                    help="Give one of them another id.",
                )
            seen[section.id] = section.path
        if sections:
            title = named["title"].replace("-", " ")
            lessons.append(
                Lesson(
                    number=int(named["number"]),
                    id=named["title"].lower(),
                    title=title[0].upper() + title[1:],
                    sections=tuple(sections),
                )
            )
    return tuple(sorted(lessons, key=lambda lesson: lesson.number))


def _section(path: Path, lesson: int) -> SectionInfo:
    values = _front_matter(path)
    for key, kind in _KEYS.items():
        if key not in values:
            raise _wrong(path, f"the key {key!r} is missing")
        value = values[key]
        if kind is list and not (isinstance(value, list) and all(isinstance(v, str) for v in value)):
            raise _wrong(path, f"{key!r} must be a list of texts, and is {value!r}")
        if kind is int and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
            raise _wrong(path, f"{key!r} must be a whole number from 1, and is {value!r}")
        if kind is str and not (isinstance(value, str) and value.strip()):
            raise _wrong(path, f"{key!r} must be a text, and is {value!r}")
    unknown = sorted(str(key) for key in values if key not in _KEYS)
    if unknown:
        raise _wrong(path, f"{unknown[0]!r} is not a key of a section ({', '.join(_KEYS)})")
    if values["lesson"] != lesson:
        raise _wrong(path, f"'lesson' is {values['lesson']}, but the folder is lesson {lesson}")
    return SectionInfo(
        id=values["id"],
        title=values["title"],
        path=path,
        lesson=values["lesson"],
        order=values["order"],
        concepts=tuple(values["concepts"]),
        needs=tuple(values["needs"]),
        asks=tuple(values["asks"]),
        labs=tuple(values["labs"]),
        exercises=tuple(values["exercises"]),
        sources=tuple(values["sources"]),
    )


def _front_matter(path: Path) -> Mapping[Any, Any]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is ten times faster
    try:
        values = yaml.load(_split(path)[0], Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 2}" if mark else ""
        raise _wrong(path, f"it is not valid YAML{where} ({getattr(error, 'problem', error)})") from error
    if not isinstance(values, Mapping):
        raise _wrong(path, "it is not a list of 'key: value' lines")
    return values


def _split(path: Path) -> tuple[str, str]:
    """Front matter and body of a section's file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The section {path} cannot be read: {error}.", help="Check the file.") from error
    parts = _FRONT_MATTER.match(text)
    if not parts:
        raise _wrong(path, "the file must begin with front matter between two lines of '---'")
    return parts["front"], text[parts.end() :].lstrip("\n")


def _wrong(path: Path, what: str) -> BadInput:
    return BadInput(
        f"The front matter of {path} is wrong: {what}.",
        help="See the README of the course for what a section looks like.",
    )


_LESSON_NAME = re.compile(r"(?P<number>\d+)-(?P<title>.+)")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<front>.*?\n)---[ \t]*(?:\n|\Z)", re.DOTALL)
_KEYS: Mapping[str, type] = {
    "id": str,
    "title": str,
    "lesson": int,
    "order": int,
    "concepts": list,
    "needs": list,
    "asks": list,
    "labs": list,
    "exercises": list,
    "sources": list,
}
