"""`tutor runs`: past and present runs, compared, exported and cleared away."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutor.cli.opening import settings_in_force
from tutor.cli.output import say, say_json, say_styled, styled, tell
from tutor.errors import UsageError

if TYPE_CHECKING:
    from tools.engine.compare import Comparison, Curve
    from tools.engine.runs import Run
    from tools.engine.view import RunView

_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group(invoke_without_command=True)
@_json
@click.pass_context
def runs(context: click.Context, as_json: bool) -> int:
    """List the labs' runs, newest first; show, compare, export and remove them.

    An ID may be cut short where only one run begins so; "last" is the run begun last.
    """
    if context.invoked_subcommand is None:
        return int(context.invoke(list_runs, as_json=as_json))
    return 0


@runs.command("list")
@_json
def list_runs(as_json: bool) -> int:
    """List the runs, newest first."""
    from tools.engine.events import json_safe
    from tools.engine.runs import all_runs
    from tutor.cli.lab_text import took
    from tutor.cli.table import say_table

    found = [(run, run.view()) for run in all_runs(settings_in_force().home)]
    if as_json:
        say_json(json_safe({"runs": [_summary(run, view) for run, view in found]}))
        return 0
    if not found:
        tell("There are no runs yet. Start one: tutor lab run two-circles")
    say_table(
        ("Run", "State", "Began", "Took", "Figures"),
        [
            (run.id, view.state, _moment(run.created), took(view.seconds), _figures(view))
            for run, view in found
        ],
    )
    return 0


@runs.command()
@click.argument("run_id", metavar="ID", default="last")
@_json
def show(run_id: str, as_json: bool) -> int:
    """Print one run: settings, metrics, curves and everything it made."""
    from tools.engine.events import json_safe
    from tools.engine.runs import find
    from tutor.cli.lab_result import say_run

    run = find(settings_in_force().home, run_id)
    view = run.view()
    if as_json:
        say_json(json_safe(_whole(run, view)))
    else:
        say_run(run, view, whole=True)
    return 0


@runs.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@_json
def compare(first: str, second: str, as_json: bool) -> int:
    """Lay two runs side by side: settings that differ, metrics, and their curves in one picture."""
    from tools.engine.compare import compare as compared
    from tools.engine.events import json_safe
    from tools.engine.runs import find

    home = settings_in_force().home
    found = compared(find(home, first).view(), find(home, second).view())
    if as_json:
        say_json(json_safe(found.public()))
    else:
        _say_comparison(found)
    return 0


@runs.command()
@click.argument("run_id", metavar="ID", default="last")
@click.option("--to", "folder", metavar="DIR", help="The folder to write into; without it, ./ID.")
@click.option("--overwrite", is_flag=True, help="Replace an earlier export there.")
@_json
def export(run_id: str, folder: str | None, overwrite: bool, as_json: bool) -> int:
    """Write a run's curves and tables as CSV and its pictures as PNG."""
    from tools.engine.export import export_run
    from tools.engine.runs import find

    run = find(settings_in_force().home, run_id)
    try:
        target = Path(folder).expanduser() if folder else Path(run.id)
    except RuntimeError as error:
        raise UsageError(f"There is no folder {folder!r}.", help="Give another one after --to.") from error
    written = export_run(run, target, overwrite=overwrite)
    if as_json:
        say_json(
            {
                "run": run.id,
                "folder": str(written.folder),
                "files": [str(each.relative_to(written.folder)) for each in written.files],
                "notes": list(written.notes),
            }
        )
        return 0
    for each in written.files:
        say(str(each))
    for note in written.notes:
        tell(f"Note: {note}")
    return 0


@runs.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--older-than", type=click.FloatRange(min=0), metavar="DAYS", help="Only runs older than this.")
@click.option("--failed", is_flag=True, help="Only failed, cancelled and damaged runs.")
@click.option("--keep", type=click.IntRange(min=0), metavar="N", help="Spare the newest N runs.")
@click.option("--all", "everything", is_flag=True, help="Every run.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask first.")
@_json
def clean(
    ids: tuple[str, ...],
    older_than: float | None,
    failed: bool,
    keep: int | None,
    everything: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Remove runs for good: those named, or all that fit the options together; never a running one."""
    from tools.engine.cleaning import removable, remove

    if not (ids or failed or everything or older_than is not None or keep is not None):
        raise UsageError(
            "Nothing says which runs are to go.",
            help="Give IDs, or --older-than DAYS, --failed, --keep N or --all.",
        )
    if older_than is not None and math.isnan(older_than):
        raise UsageError("--older-than nan is no number of days.", help="For example: --older-than 30")
    found = removable(settings_in_force().home, ids=ids, older_than_days=older_than, failed=failed, keep=keep)
    size = sum(each.size for each in found)
    if found and not (yes or as_json):
        _confirm([f"{each.id} ({each.state}, {_bytes(each.size)})" for each in found], size)
    freed = remove(found)
    if as_json:
        say_json({"removed": [each.id for each in found if not each.folder.exists()], "bytes": freed})
    elif not found:
        say("No run fits that; nothing was removed.")
    else:
        gone = sum(not each.folder.exists() for each in found)
        say(f"Removed {gone} {'run' if gone == 1 else 'runs'}, {_bytes(freed)} freed.")
    return 0


def _confirm(lines: list[str], size: int) -> None:
    """Have a person agree; without one to ask, --yes has to be given."""
    import sys

    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(
            f"{len(lines)} runs would go, and nobody is here to ask.",
            help="Add --yes to remove them.",
        )
    for line in lines:
        tell(line)
    click.confirm(f"Remove {len(lines)} for good ({_bytes(size)})?", abort=True, err=True)


def _say_comparison(found: Comparison) -> None:
    from tutor.cli.lab_text import difference, figure
    from tutor.cli.table import say_table

    for note in found.notes:
        tell(f"Note: {note}")
    if found.settings:
        say_table(
            ("Differs", found.first, found.second),
            [(each.name, figure(each.first), figure(each.second)) for each in found.settings],
        )
    else:
        say("The settings are the same.")
    if found.metrics:
        say()
        marks = {found.first: "A better", found.second: "B better"}
        say_table(
            ("Metric", f"A {found.first}", f"B {found.second}", "B - A", ""),
            [
                (
                    each.name,
                    figure(each.first),
                    figure(each.second),
                    difference(each.difference),
                    marks.get(each.better, ""),
                )
                for each in found.metrics
            ],
        )
    for curve in found.curves:
        if len(curve.first) > 1 or len(curve.second) > 1:
            _say_curve(curve, found)


def _say_curve(curve: Curve, found: Comparison) -> None:
    import shutil

    from tutor.cli.lab_text import overlay

    width = min(100, shutil.get_terminal_size().columns)
    say()
    say_styled(f"{styled(curve.name, 1)}  {styled(f'● {found.first}  ○ {found.second}', 2)}")
    for line in overlay(curve.first, curve.second, width):
        say(line)


def _summary(run: Run, view: RunView) -> dict[str, Any]:
    from tools.engine.compare import final_metrics

    return {
        "run": run.id,
        "lab": run.lab,
        "state": view.state,
        "created": run.created,
        "seconds": round(view.seconds, 3),
        "device": view.device or run.device,
        "metrics": final_metrics(view),
        "folder": str(run.folder),
    }


def _whole(run: Run, view: RunView) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        **_summary(run, view),
        "settings": run.settings,
        "progress": None if view.progress is None else asdict(view.progress),
        "resumed_from": view.resumed_from,
        "curves": {name: [list(point) for point in points] for name, points in view.metrics.items()},
        "data": view.data,
        "model": view.model,
        "result": view.result,
        "error": None if view.error is None else asdict(view.error),
        "usage": view.usage,
        "logs": list(view.logs),
        "artifacts": [
            {"name": each.name, "kind": each.kind, "title": each.title, "path": str(each.path)}
            for each in view.artifacts.values()
        ],
    }


def _figures(view: RunView) -> str:
    from tools.engine.compare import final_metrics
    from tutor.cli.lab_text import figure

    if view.state == "failed" and view.error is not None:
        return view.error.message
    return ", ".join(f"{name} {figure(value)}" for name, value in list(final_metrics(view).items())[:4])


def _moment(seconds: float) -> str:
    try:
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
    except (OverflowError, ValueError, OSError):
        return "?"


def _bytes(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.1f} kB"
