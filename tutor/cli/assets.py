"""`tutor assets`: the data sets and weights that labs read: listing, fetching, checking and removing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tutor.cli.opening import settings_in_force
from tutor.cli.output import say, say_json, tell

if TYPE_CHECKING:
    from tools.assets import Listed

_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
_names = click.argument("names", nargs=-1, metavar="[NAME]...")


@click.group(invoke_without_command=True)
@_json
@click.pass_context
def assets(context: click.Context, as_json: bool) -> int:
    """List, fetch, check and remove the data and weights that labs read; without a command: list.

    Labs fetch what they need at first use. To do so without a network, put the archives (or the
    files in them) that `tutor assets list --json` names into a folder and set TUTOR_ASSETS to it.
    """
    if context.invoked_subcommand is None:
        return int(context.invoke(list_, as_json=as_json))
    return 0


@assets.command("list")
@_json
def list_(as_json: bool) -> int:
    """List every asset, and what of it is here."""
    from tools.assets import listing
    from tutor.cli.table import say_table

    found = listing(settings_in_force().home)
    if as_json:
        say_json({"assets": [_public(each) for each in found]})
        return 0
    say_table(
        ("Name", "Here", "Size", "What it is", "Source"),
        [
            (
                each.asset.name,
                {"here": "yes", "partial": "in part", "absent": "no"}[each.state],
                _megabytes(each.size if each.state == "here" else each.asset.size),
                each.asset.about,
                each.source,
            )
            for each in found
        ],
    )
    return 0


@assets.command()
@_names
@click.option("--all", "everything", is_flag=True, help="Fetch every asset.")
@_json
def get(names: tuple[str, ...], everything: bool, as_json: bool) -> int:
    """Fetch assets by name; what broke off earlier goes on where it ended."""
    from tools.assets import ASSETS, find, find_asset, source_of

    home = settings_in_force().home
    if not (names or everything):
        raise click.UsageError(f"Name an asset ({', '.join(ASSETS)}), or use --all.")
    wanted = [find_asset(name) for name in names] or list(ASSETS.values())
    got = []
    for asset in wanted:
        folder = _fetch(asset.name, home, find)
        got.append({"name": asset.name, "path": str(folder), "source": source_of(asset.name, home)})
        if not as_json:
            say(f"{asset.name}: {folder} (from {got[-1]['source']})")
    if as_json:
        say_json({"assets": got})
    return 0


@assets.command()
@_names
@_json
def verify(names: tuple[str, ...], as_json: bool) -> int:
    """Check the hash of every file of the named assets, or of all that are here.

    The exit code is 1 where a file is missing or damaged.
    """
    from tools.assets import verify as verify_assets

    found = verify_assets(settings_in_force().home, names)
    if as_json:
        say_json(
            {
                "assets": [
                    {"name": each.name, "ok": not each.problem, "problem": each.problem} for each in found
                ]
            }
        )
    else:
        for each in found:
            say(f"{each.name}: {each.problem or 'ok'}")
        if not found:
            tell("No asset is here yet. See: tutor assets list")
        if any(each.problem for each in found):
            tell("Fetch a damaged one again: tutor assets clean NAME, then tutor assets get NAME")
    return 1 if any(each.problem for each in found) else 0


@assets.command()
@_names
@click.option("--all", "everything", is_flag=True, help="Remove every asset.")
@_json
def clean(names: tuple[str, ...], everything: bool, as_json: bool) -> int:
    """Remove assets by name; labs fetch them again when they need them."""
    from tools.assets import clean as clean_assets

    if not (names or everything):
        raise click.UsageError("Name an asset, or use --all. See: tutor assets list")
    freed = clean_assets(settings_in_force().home, names)
    if as_json:
        say_json({"removed": [{"name": name, "bytes": size} for name, size in freed]})
        return 0
    for name, size in freed:
        say(f"Removed {name} ({_megabytes(size)}).")
    if not freed:
        say("There was nothing to remove.")
    return 0


def _fetch(name: str, home: Any, find: Any) -> Any:
    from knowledge.progress import Progress
    from tutor.cli.progress import ProgressLine

    with ProgressLine() as line:

        def show(done: int, total: int) -> None:
            line.show(Progress("Fetching", done // 1_000_000, max(total // 1_000_000, 1), f"MB of {name}"))

        return find(name, home, show)


def _public(listed: Listed) -> dict[str, Any]:
    asset = listed.asset
    return {
        "name": asset.name,
        "about": asset.about,
        "state": listed.state,
        "bytes": listed.size,
        "download_bytes": listed.download,
        "archive": asset.archive,
        "sha256": asset.sha256,
        "files": [each.name for each in asset.members],
        "source": listed.source,
        "licence": asset.licence,
        "hub": asset.hub,
    }


def _megabytes(count: int) -> str:
    from tools.assets.download import megabytes

    return megabytes(count)
