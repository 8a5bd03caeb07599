"""`tutor sessions`: list, show, export and delete conversations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutor.cli.opening import open_store, settings_in_force
from tutor.cli.output import say, say_json, tell
from tutor.errors import StorageError
from tutor.export import as_markdown

if TYPE_CHECKING:
    from tutor.store import Turn

_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group(invoke_without_command=True)
@_json
@click.pass_context
def sessions(context: click.Context, as_json: bool) -> int:
    """List, show, export and delete conversations.

    Without a command: list them.
    """
    if context.invoked_subcommand is None:
        return int(context.invoke(list_sessions, as_json=as_json))
    return 0


@sessions.command("list")
@_json
def list_sessions(as_json: bool) -> int:
    """List the conversations, the one used last first."""
    from dataclasses import asdict

    from tutor.cli.table import say_table

    with open_store(settings_in_force()) as store:
        found = store.sessions()
    if as_json:
        say_json({"sessions": [asdict(each) for each in found]})
        return 0
    if not found:
        tell('There is no conversation yet. Begin one: tutor ask "QUESTION"')
    say_table(
        ("Session", "Turns", "Last used", "First question"),
        [(each.name, str(each.turns), each.updated_at[:16].replace("T", " "), each.title) for each in found],
    )
    return 0


@sessions.command("show")
@click.argument("name")
@_json
def show_session(name: str, as_json: bool) -> int:
    """Print one conversation."""
    with open_store(settings_in_force()) as store:
        turns = store.turns(name)
    if as_json:
        say_json({"name": name, "turns": [_public(turn) for turn in turns]})
    else:
        say(as_markdown(name, turns), end="")
    return 0


@sessions.command("export")
@click.argument("name")
@click.option("--output", "-o", metavar="FILE", help="Write to this file, which must not exist yet.")
@_json
def export_session(name: str, output: str | None, as_json: bool) -> int:
    """Write one conversation as Markdown, to stdout or a file."""
    with open_store(settings_in_force()) as store:
        text = as_markdown(name, store.turns(name))
    if output is None:
        if as_json:
            say_json({"name": name, "markdown": text})
        else:
            say(text, end="")
        return 0
    path = Path(output).expanduser()
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror}.", help="Choose another file with --output."
        ) from error
    if as_json:
        say_json({"name": name, "path": str(path)})
    else:
        say(f"Wrote {path}.")
    return 0


@sessions.command("delete")
@click.argument("name")
@click.option("--yes", "-y", is_flag=True, help="Do not ask first.")
@_json
def delete_session(name: str, yes: bool, as_json: bool) -> int:
    """Delete one conversation."""
    import sys

    with open_store(settings_in_force()) as store:
        turns = len(store.turns(name))
        if not (yes or as_json) and sys.stdin is not None and sys.stdin.isatty():
            click.confirm(f"Delete {name} with its {turns} questions?", abort=True, err=True)
        store.delete_session(name)
    if as_json:
        say_json({"deleted": name, "turns": turns})
    else:
        say(f"Deleted {name}.")
    return 0


def _public(turn: Turn) -> dict[str, Any]:
    return {
        "question": turn.question,
        "answer": None if turn.answer is None else turn.answer.public(),
        "state": turn.state,
        "asked_at": turn.asked_at,
    }
