"""`tutor ingest`: take files and folders into the index."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutor.cli.opening import make_ready, open_library, settings_in_force
from tutor.cli.output import say, say_json, tell
from tutor.cli.progress import ProgressLine
from tutor.errors import UsageError

if TYPE_CHECKING:
    from types import FrameType

    from knowledge.library import IngestReport


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--collection", default="mine", show_default=True, metavar="NAME", help="Where to put it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def ingest(paths: tuple[str, ...], collection: str, as_json: bool) -> int:
    """Take files and folders into the index.

    Notebooks, Markdown, HTML, PDF, plain text, Python and repository dumps. Again on the same
    input adds nothing; files that changed or went are updated.
    """
    found = [_existing(path) for path in paths]
    settings = settings_in_force()
    from knowledge.library import Cancelled

    with open_library(settings) as library, _stopping() as stop, ProgressLine() as line:
        try:
            make_ready(library, stop)
            report = library.ingest(found, collection, progress=line.show, cancel=stop)
        except Cancelled as error:
            raise KeyboardInterrupt from error
    if as_json:
        say_json(_public(report))
    else:
        _print(report)
    # Where nothing at all could be taken in, the input was bad; among good files a bad one is only told.
    return 2 if report.documents == 0 and report.removed == 0 else 0


def _existing(name: str) -> Path:
    path = Path(name)
    try:
        path = path.expanduser()
        path.lstat()
    except PermissionError:
        return path  # the library says which file may not be read, and goes on with the rest
    except (OSError, ValueError, RuntimeError) as error:
        raise UsageError(f"There is no file or folder {name!r}.", help="Check the path.") from error
    return path


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """An event that the first Ctrl+C sets; the second one interrupts at once."""
    stop = threading.Event()

    def on_interrupt(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        tell("\nStopping; what is finished stays. Ctrl+C again stops at once.")

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def _public(report: IngestReport) -> dict[str, Any]:
    return {
        "documents": report.documents,
        "passages": report.passages,
        "added": report.added,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "skipped": [{"path": str(each.path), "reason": each.reason} for each in report.skipped],
        "seconds": round(report.seconds, 3),
    }


def _print(report: IngestReport) -> None:
    for each in report.skipped:
        tell(f"Skipped {each.path}: {each.reason}")
    if report.documents == 0 and report.removed == 0:
        tell("Nothing there could be taken in.")
    say(
        f"{report.documents} documents, {report.passages} passages: {report.added} added, "
        f"{report.unchanged} unchanged, {report.removed} removed, {len(report.skipped)} skipped "
        f"({report.seconds:.1f} s)"
    )
