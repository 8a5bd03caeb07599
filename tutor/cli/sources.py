"""`tutor sources` and `tutor forget`: what is indexed, and taking one out."""

from __future__ import annotations

import click

from tutor.cli.opening import make_ready, open_library, open_library_to_read, settings_in_force
from tutor.cli.output import say, say_json, tell


@click.command()
@click.option("--collection", metavar="NAME", help="Only the sources of this collection.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def sources(collection: str | None, as_json: bool) -> int:
    """List what is indexed."""
    from dataclasses import asdict

    from tutor.cli.table import say_table

    with open_library_to_read(settings_in_force()) as library:
        if not library.collections():
            make_ready(library)  # a first start: put the course in
        found = [each for each in library.sources() if collection in (None, each.collection)]
    if as_json:
        say_json({"sources": [asdict(each) for each in found]})
        return 0
    if not found:
        tell(
            "Nothing is indexed"
            + (f" in {collection}." if collection else ". Add something: tutor ingest PATH")
        )
    say_table(
        ("Collection", "Title", "Format", "Passages", "Source"),
        [(each.collection, each.title, each.format, str(each.passages), each.source) for each in found],
    )
    return 0


@click.command()
@click.argument("source")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def forget(source: str, as_json: bool) -> int:
    """Take one source out of the index.

    SOURCE is a file or folder as `tutor sources` lists it, a path from here, or the end of one.
    The file itself stays.
    """
    with open_library(settings_in_force()) as library:
        removed = library.forget(source)
    if as_json:
        say_json({"source": source, "removed": removed})
    else:
        say(f"Forgot {source} ({removed} passages).")
    return 0
