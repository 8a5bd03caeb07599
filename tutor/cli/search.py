"""`tutor search`: the passages nearest to a query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from tutor.cli.opening import collections_of, make_ready, open_library_to_read, settings_in_force
from tutor.cli.output import say, say_json, say_styled, styled, tell
from tutor.cli.questions import answer_lines, one_question
from tutor.errors import UsageError

if TYPE_CHECKING:
    from knowledge.library import SearchResult


@click.command()
@click.argument("query", nargs=-1)
@click.option("--stdin", "from_stdin", is_flag=True, help="Search for each line of stdin.")
@click.option("-k", "k", type=click.IntRange(1, 100), default=5, show_default=True, help="How many passages.")
@click.option("--collection", multiple=True, metavar="NAME", help="Search this collection only; may repeat.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def search(
    query: tuple[str, ...], from_stdin: bool, k: int, collection: tuple[str, ...], as_json: bool
) -> int:
    """Find the passages nearest to a query.

    It looks in the course and your own material.
    """
    if from_stdin and query:
        raise UsageError("Give a query or --stdin, not both.", help="See: tutor search --help")
    wanted = "" if from_stdin else one_question(query)
    settings = settings_in_force()
    collections = collections_of(settings, collection)
    with open_library_to_read(settings) as library:
        make_ready(library)
        if from_stdin:
            return answer_lines(lambda line: _public(library.search(line, k, collections)))
        result = library.search(wanted, k, collections)
    if as_json:
        say_json(_public(result))
    else:
        _print(result, collections)
    return 0


def _public(result: SearchResult) -> dict[str, Any]:
    return {
        "query": result.query,
        "hits": [
            {
                "text": hit.passage.text,
                "title": hit.passage.title,
                "section": hit.passage.section,
                "location": hit.passage.location,
                "score": round(hit.score, 4),
            }
            for hit in result.hits
        ],
        "seconds": round(result.seconds, 4),
    }


def _print(result: SearchResult, collections: Sequence[str] | None) -> None:
    from tutor.export import place
    from tutor.formulas import readable

    if result.corrected and result.corrected != result.query:
        tell(f"Searched for: {result.corrected}")
    if not result.hits:
        tell(f"Nothing found in {', '.join(collections) if collections else 'the material'}.")
    elif not result.covered:
        tell("Nothing here seems to answer that; these are the nearest passages.")
    for number, hit in enumerate(result.hits, start=1):
        if number > 1:
            say()
        where = place(hit.passage.title, hit.passage.section)
        say_styled(
            f"{styled(f'{number}.', 36)} {styled(where, 1)}"
            f"{styled(f', {hit.passage.location}  {hit.score:.2f}', 2)}"
        )
        say(readable(hit.passage.text, citations=False, markdown=False))
