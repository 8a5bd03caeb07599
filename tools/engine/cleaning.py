"""Removing old runs: which ones are meant, what they take on the disk, and taking them away."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.engine import runs
from tools.engine.runs import Run, cannot_write, holding
from tools.errors import RunRefused

DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Removable:
    """A run that may be removed: `state` as in its view, or "damaged" for a folder that is no run any more.

    `size` is in bytes.
    """

    id: str
    folder: Path
    state: str
    size: int


def removable(
    home: Path,
    *,
    ids: Sequence[str] = (),
    older_than_days: float | None = None,
    failed: bool = False,
    keep: int | None = None,
) -> list[Removable]:
    """The runs that every given condition is true of, oldest first; a running one is never among them.

    `ids` names runs as `runs.find` takes them, `older_than_days` counts from their creation, `failed`
    means failed, cancelled and damaged ones, `keep` spares the newest ones. Without any condition it
    is all of them. Raises UnknownRun for an ID, and RunRefused where a run that is named is running.
    """
    everything = runs.all_runs(home)
    spared = {run.id for run in everything[: keep or 0]}
    chosen = [runs.find(home, name) for name in ids] if ids else everything
    found = []
    for run in sorted({run.id: run for run in chosen}.values(), key=lambda run: run.created):
        if run.id in spared or _younger(run.created, older_than_days):
            continue
        state = run.view().state
        if state in ("starting", "running"):
            if ids:
                raise RunRefused(f"{run.id} is running.", help=f"Cancel it first: tutor lab cancel {run.id}")
            continue
        if not failed or state in ("failed", "cancelled"):
            found.append(Removable(run.id, run.folder, state, size_of(run.folder)))
    return found if ids else [*_damaged(home, everything, older_than_days), *found]


def remove(runs_to_go: Iterable[Removable]) -> int:
    """Remove runs for good and return the bytes freed; one that was resumed meanwhile stays.

    Raises DiskFull where a folder may not be removed.
    """
    freed = 0
    for each in runs_to_go:
        try:
            with holding(each.folder):
                # Renamed first: whoever looks meanwhile sees either the whole run or none.
                going = each.folder.with_name(f"{_REMOVING}{each.id.lstrip('.')}-{os.getpid()}")
                each.folder.rename(going)
            shutil.rmtree(going)
        except (BlockingIOError, FileNotFoundError):
            continue  # running again, or removed by somebody else
        except OSError as error:
            raise cannot_write(each.folder, error) from error
        freed += each.size
    return freed


def size_of(folder: Path) -> int:
    """Bytes that the files below a folder hold; links count as themselves."""
    total = 0
    for top, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(top, name)).st_size
            except OSError:
                continue
    return total


def _younger(created: float, days: float | None) -> bool:
    return days is not None and not created <= time.time() - days * 86_400  # so that nan fits no run


def _damaged(home: Path, everything: Sequence[Run], days: float | None) -> list[Removable]:
    """Runs' folders without a readable config.json, and what a removal that was cut off left behind."""
    known = {run.id for run in everything}
    try:
        folders = sorted(each for each in runs.runs_folder(home).iterdir() if each.is_dir())
        old = max(days or 0.0, _JUST_MADE_DAYS)
        return [
            Removable(each.name, each, DAMAGED, size_of(each))
            for each in folders
            if each.name not in known
            and _was_a_run(each)
            and not _younger(_last_written(each), old)
            and not _held(each)
        ]
    except OSError:
        return []


def _was_a_run(folder: Path) -> bool:
    """Whether a folder was made by Tutor: somebody else's, put there by hand, is left alone."""
    return folder.name.startswith(_REMOVING) or any((folder / name).exists() for name in _FILES)


def _last_written(folder: Path) -> float:
    """When the run last wrote something; looking at its lock changes the folder's own time."""
    times = [(folder / name).stat().st_mtime for name in _FILES if (folder / name).exists()]
    return max(times) if times else folder.stat().st_mtime


def _held(folder: Path) -> bool:
    try:
        with holding(folder):
            return False
    except BlockingIOError:
        return True
    except OSError:
        return False


_REMOVING = ".removing-"
_FILES = (runs.CONFIG_FILE, runs.OUTPUT_FILE, "events.jsonl")
_JUST_MADE_DAYS = 60 / 86_400  # a run that is being created right now has no config.json yet
