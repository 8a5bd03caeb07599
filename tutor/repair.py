"""Mending the data folder: what is damaged is set aside under a dated name, never deleted."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tutor import database
from tutor.errors import StorageError
from tutor.material import library_of
from tutor.settings import Settings

if TYPE_CHECKING:
    from knowledge.progress import ProgressCallback


def repair(settings: Settings, progress: ProgressCallback | None = None) -> list[str]:
    """Begin a damaged database or index anew and bring the index up to date; returns what was done.

    Raises StorageError or KnowledgeError where that fails too.
    """
    return [*_repair_database(settings.home / "tutor.db"), *_repair_index(settings, progress)]


def _repair_database(path: Path) -> list[str]:
    from tutor.store import Store

    if not database.is_damaged(path):
        return []
    aside = _set_aside(path)
    for suffix in ("-wal", "-shm"):
        log = path.with_name(path.name + suffix)
        if log.exists():
            os.replace(log, aside.with_name(aside.name + suffix))
    Store(path).close()
    return [f"The damaged database is now {aside}, with all that is in it; a new one was begun."]


def _repair_index(settings: Settings, progress: ProgressCallback | None) -> list[str]:
    from knowledge.catalog import IndexDamaged

    with closing(library_of(settings)) as library:
        try:
            return library.prepare(progress=progress)
        except IndexDamaged:
            library.close()
        aside = _set_aside(settings.home / "index")
        told = [f"The damaged index is now {aside}; a new one was begun, with the course in it."]
        saved = library.salvage(aside)
        if saved:
            told.append(f"{saved} passages of your own material could be read and were taken over.")
        told.append("Ingest your own material again to be sure of all of it: tutor ingest PATH")
        return told + library.prepare(progress=progress)


def _set_aside(path: Path) -> Path:
    target = path.with_name(f"{path.name}.damaged-{datetime.now():%Y-%m-%dT%H-%M-%S}")
    try:
        os.replace(path, target)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be renamed: {error.strerror}.", help="Check the permissions of its folder."
        ) from error
    return target
