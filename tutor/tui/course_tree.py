"""What there is to read, as shelves of entries: the course, then the person's own collections."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from knowledge.library import Library, OutlineEntry

COURSE = "course"


@dataclass(frozen=True, slots=True)
class Place:
    """Something that can be opened in the reading view: a section of the course, or around a passage."""

    title: str
    section_id: str = ""
    passage_id: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A lesson, document or heading, with what stands below it; `place` is None where there is no text."""

    title: str
    place: Place | None = None
    below: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Shelf:
    """A collection: "course" or one of the person's."""

    name: str
    entries: tuple[Entry, ...] = ()


def load_course(course: Any) -> tuple[Shelf, tuple[str, ...]]:
    """The course as a shelf, and one question from each of its sections, in its order; reads the disk."""
    entries: list[Entry] = []
    asks: list[str] = []
    for lesson in course.outline():
        sections = tuple(
            Entry(section.title, Place(section.title, section_id=section.id)) for section in lesson.sections
        )
        entries.append(Entry(f"{lesson.number} · {lesson.title}", below=sections))
        asks.extend(section.asks[0] for section in lesson.sections if section.asks)
    return Shelf(COURSE, tuple(entries)), tuple(asks)


def load_collections(library: Library) -> list[Shelf]:
    """The person's own collections; reads the index."""
    names = dict.fromkeys(source.collection for source in library.sources())
    return [Shelf(name, tuple(nested(library.outline(name)))) for name in names if name != COURSE]


def nested(outline: Iterable[OutlineEntry]) -> list[Entry]:
    """A flat outline with levels as a tree."""
    root = _Branch("", None, -1)
    path = [root]
    for each in outline:
        while path[-1].level >= each.level:
            path.pop()
        place = Place(each.title, passage_id=each.passage_id) if each.passage_id else None
        branch = _Branch(each.title, place, each.level)
        path[-1].below.append(branch)
        path.append(branch)
    return [_entry(branch) for branch in root.below]


@dataclass
class _Branch:
    title: str
    place: Place | None
    level: int
    below: list[_Branch] = field(default_factory=list)


def _entry(branch: _Branch) -> Entry:
    return Entry(branch.title, branch.place, tuple(_entry(each) for each in branch.below))


def examples(asks: tuple[str, ...], count: int = 3) -> tuple[str, ...]:
    """A few questions spread evenly over the course."""
    if len(asks) <= count:
        return asks
    return tuple(asks[i * len(asks) // count] for i in range(count))
