"""Telling a failure: a sentence on stderr, or a JSON object in the result's place."""

from __future__ import annotations

import click

from tutor.cli.output import say_json, tell
from tutor.failures import INTERRUPTED, describe


def report(error: BaseException, *, as_json: bool) -> int:
    """Print a failure (JSON to stdout, else a sentence to stderr) and return its exit code."""
    if isinstance(error, SystemExit | click.exceptions.Exit):
        code = error.code if isinstance(error, SystemExit) else error.exit_code
        return code if isinstance(code, int) else 0
    failure = describe(error)
    if as_json:
        say_json(failure.public())
    elif failure.exit_code == INTERRUPTED:
        tell("Interrupted.")
    else:
        tell(f"{failure.title}: {failure.message}" + (f"\n{failure.help}" if failure.help else ""))
    return failure.exit_code
