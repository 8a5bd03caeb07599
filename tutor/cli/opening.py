"""Opening what commands work with: the settings, the library and the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from tutor.cli.output import tell
from tutor.material import library_of
from tutor.settings import Settings, load_settings

if TYPE_CHECKING:
    from threading import Event

    from knowledge.library import Library
    from knowledge.progress import Progress
    from tutor.store import Store


def settings_in_force() -> Settings:
    """The settings, with their warnings told on stderr."""
    settings = load_settings()
    for warning in settings.warnings:
        tell(f"Warning: {warning}")
    return settings


@contextmanager
def open_library(settings: Settings) -> Iterator[Library]:
    """The library as it is, closed afterwards."""
    with closing(library_of(settings)) as library:
        yield library


@contextmanager
def open_library_to_read(settings: Settings) -> Iterator[Library]:
    """The library for questions: where the data folder may not be written, a temporary copy of it."""
    from tutor.usable_home import home_for_reading

    with home_for_reading(settings.home) as (home, message):
        if message:
            tell(f"Note: {message}")
        with open_library(replace(settings, home=home)) as library:
            yield library


def make_ready(library: Library, cancel: Event | None = None) -> None:
    """Bring the index to its whole state; a person sees what that takes and what was mended."""
    from tutor.cli.progress import ProgressLine

    with ProgressLine() as line:

        def show(progress: Progress) -> None:
            if progress.total or progress.phase != "Encoding":  # nothing to encode is nothing to show
                line.show(progress)

        messages = library.prepare(progress=show, cancel=cancel)
    for message in messages:
        tell(message)


@contextmanager
def open_store(settings: Settings) -> Iterator[Store]:
    """The store, closed afterwards; says on stderr where nothing will be kept."""
    from tutor.store import Store

    with closing(Store(settings.home / "tutor.db")) as store:
        if not store.persistent:
            tell(f"Note: {store.message}")
        yield store


def collections_of(settings: Settings, given: tuple[str, ...]) -> list[str] | None:
    """The collections to look in: the ones named, else the setting's, else None for all."""
    chosen = list(given) or ([settings.collection] if settings.collection else [])
    return chosen or None
