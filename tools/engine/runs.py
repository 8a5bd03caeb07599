"""A run's folder and what its events amount to; anyone may read, only the run's own process writes.

`runs/ID/` holds config.json, events.jsonl, output.log (what libraries print), environment.json,
checkpoint.pt while it can be resumed, and artifacts/. A lock that the run's process holds from before
it begins until it ends tells a running run from a dead one, whatever became of its number.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from tools.engine.events import EventLog
from tools.engine.view import Artifact as Artifact
from tools.engine.view import Failure as Failure
from tools.engine.view import Follower as Follower
from tools.engine.view import RunView as RunView
from tools.errors import DiskFull, ToolsError, UnknownRun

CONFIG_FILE = "config.json"
CHECKPOINT_FILE = "checkpoint.pt"
OUTPUT_FILE = "output.log"
ENVIRONMENT_FILE = "environment.json"
FORMAT = 1
RESUMED_LINE = b"\n-- resumed --\n"


@dataclass(frozen=True, slots=True)
class Run:
    """One run as its config.json describes it.

    `settings` are all settings of the lab, `device` and `data` as asked for ("auto", a path or
    None), `created` in unix seconds.
    """

    id: str
    folder: Path
    lab: str
    settings: dict[str, Any]
    device: str
    data: str | None
    created: float

    def view(self) -> RunView:
        """What the run's events amount to now; a run whose process died is seen as failed."""
        follower = Follower(self)
        follower.poll()
        return follower.view

    def is_alive(self) -> bool:
        """Whether the run's process, or one about to become it, holds the run's lock."""
        try:
            with holding(self.folder, share=True):  # many may look at once
                return False
        except BlockingIOError:
            return True
        except OSError:
            return False

    def can_resume(self) -> bool:
        """Whether there is a checkpoint to go on from."""
        return (self.folder / CHECKPOINT_FILE).is_file()


def runs_folder(home: Path) -> Path:
    """Where the runs of a data folder are."""
    return home / "runs"


def create(home: Path, lab: str, settings: dict[str, Any], device: str, data: str | None) -> Run:
    """A new run's folder, under the lab's name and the next free number; raises DiskFull."""
    top = runs_folder(home)
    try:
        top.mkdir(parents=True, exist_ok=True)
        number = 1 + max(
            (_number(each.name) for each in top.iterdir() if each.name.startswith(lab)), default=0
        )
        number = max(number, _last_number(top, lab) + 1)
        while True:
            folder = top / f"{lab}-{number}"
            try:
                folder.mkdir()
                break
            except FileExistsError:
                number += 1
        (top / f".{lab}.last").write_text(str(number), encoding="ascii")
        run = Run(folder.name, folder, lab, settings, device, data, time.time())
        (folder / "artifacts").mkdir()
        _write_config(run)
        log = EventLog(folder)
        log.write("starting", lab=lab)
        log.close()
    except OSError as error:
        raise cannot_write(top, error) from error
    return run


def find(home: Path, name: str) -> Run:
    """A run by its ID, by a beginning that only one run has, or the newest as "last".

    Raises UnknownRun, which names the close ones.
    """
    wanted = name.strip()
    everything = all_runs(home)
    if not everything:
        raise UnknownRun("There are no runs yet.", help="Start one with: tutor lab run two-circles")
    if wanted == "last":
        return everything[0]
    named = [run for run in everything if run.id == wanted]
    begun = named or [run for run in everything if wanted and run.id.startswith(wanted)]
    if len(begun) == 1:
        return begun[0]
    ids = [run.id for run in everything]
    if begun:
        shown = ", ".join(run.id for run in begun[:6])
        raise UnknownRun(f"{wanted!r} could be any of several runs: {shown}.", help="Give the whole ID.")
    close = get_close_matches(wanted, ids, n=3, cutoff=0.5)
    hint = f"Close: {', '.join(close)}." if close else "Run tutor runs to see them."
    raise UnknownRun(f"There is no run called {wanted[:80]!r}.", help=hint)


def all_runs(home: Path) -> list[Run]:
    """Every readable run, newest first."""
    try:
        folders = [each for each in runs_folder(home).iterdir() if each.is_dir()]
    except OSError:
        return []
    found = [run for each in folders if (run := _read(each)) is not None]
    return sorted(found, key=lambda run: (run.created, _number(run.id)), reverse=True)


@contextmanager
def holding(folder: Path, patience: float = 0.0, *, share: bool = False) -> Iterator[int]:
    """Hold a run's lock, as an open file that a child process may be given.

    With `share`, others may hold it so too, but nobody alone. Raises BlockingIOError where another
    process still holds it after `patience` seconds, OSError where it cannot be opened.
    """
    file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    deadline = time.monotonic() + patience
    try:
        while True:
            try:
                fcntl.flock(file, (fcntl.LOCK_SH if share else fcntl.LOCK_EX) | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(0.02)
        yield file
    finally:
        os.close(file)


def close_dead(run: Run) -> None:
    """Write the ending that a dead process could not write; nothing where it lives or has ended."""
    try:
        with holding(run.folder):
            follower = Follower(run, notice_death=False)
            follower.poll()
            if follower.ended:
                return
            log = EventLog(run.folder)
            try:
                log.write(
                    "failed",
                    title="The run ended without a word",
                    message=_last_words(run.folder),
                    help=_after_death(run),
                    retryable=True,
                )
            finally:
                log.close()
    except OSError:
        return  # alive, or a folder that cannot be written: the reader still sees it as dead


def cannot_write(place: Path, error: OSError) -> ToolsError:
    """The error for a folder that cannot be written, in a person's words."""
    full = error.errno in (28, 122)  # ENOSPC, EDQUOT
    return DiskFull(
        f"Nothing can be written to {place}: {'the disk is full' if full else error.strerror or error}.",
        help="Free some space (tutor runs clean removes old runs)."
        if full
        else "Check the folder's permissions.",
        retryable=full,
    )


def _write_config(run: Run) -> None:
    values = {
        "format": FORMAT,
        "id": run.id,
        "lab": run.lab,
        "settings": run.settings,
        "device": run.device,
        "data": run.data,
        "created": run.created,
    }
    text = json.dumps(values, ensure_ascii=False, indent=1)
    (run.folder / CONFIG_FILE).write_text(text, encoding="utf-8")


def _read(folder: Path) -> Run | None:
    """The run in a folder; None where the folder holds none that can be read."""
    try:
        values = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
        return Run(
            id=folder.name,
            folder=folder,
            lab=str(values["lab"]),
            settings=dict(values["settings"]),
            device=str(values["device"]),
            data=values["data"],
            created=float(values["created"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _number(name: str) -> int:
    last = name.rpartition("-")[2]
    return int(last) if last.isdecimal() else 0


def _last_number(top: Path, lab: str) -> int:
    """The last number given for a lab, so that a removed run's ID is not given again."""
    try:
        return int((top / f".{lab}.last").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def _last_words(folder: Path) -> str:
    """What a dead process last printed about an error, else that it was killed."""
    try:
        with (folder / OUTPUT_FILE).open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 4_000))
            said = file.read().rpartition(RESUMED_LINE)[2]  # not what an earlier life stumbled over
            lines = said.decode("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    words = [line.strip() for line in lines if "Error" in line or "error:" in line or "Killed" in line]
    return words[-1][:300] if words else "Its process was killed, or the machine ran out of memory."


def _after_death(run: Run) -> str:
    if run.can_resume():
        return f"Go on from its last checkpoint with: tutor lab resume {run.id}"
    return f"Run it again with: tutor lab run {run.lab}"
