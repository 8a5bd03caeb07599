"""The command line: `main` runs one command and returns its exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `tutor ARGUMENTS`; 0 done, 1 not passed, 2 wrong usage, 3 failed outside, 130 stopped."""
    try:
        return _answered(list(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:  # before or after the command itself, which sees its own interrupts
        sys.stderr.write("Interrupted.\n")
        return 130


def _answered(given: list[str]) -> int:
    """The exit code of one command, every failure told."""
    from tutor.cli import output, reporting

    output.prepare_streams()
    try:
        try:
            _log_to_home()
            code = _run(given)
        except BrokenPipeError:
            raise
        except BaseException as error:
            code = reporting.report(error, as_json=_wants_json(given))
        output.flush()
    except BrokenPipeError:  # the reader (`| head`) has seen enough
        output.abandon_stdout()
        return 0
    except OSError as error:  # stdout itself cannot be written: a full disk behind `> file`
        output.abandon_stdout()
        return reporting.report(error, as_json=False)
    return code if isinstance(code, int) else 0


def _log_to_home() -> None:
    """Keep what libraries log, tracebacks included, out of the terminal."""
    from tutor.logs import log_to
    from tutor.settings import find_home

    log_to(find_home()[0])


def _run(arguments: Sequence[str]) -> object:
    """Parse and invoke; click's own `main` would turn a reader that left into exit code 1."""
    from tutor.cli.root import tutor

    if instruction := os.environ.get("_TUTOR_COMPLETE"):  # the shell asks how a line could go on
        from click.shell_completion import shell_complete

        return shell_complete(tutor, {}, "tutor", "_TUTOR_COMPLETE", instruction)
    with tutor.make_context("tutor", list(arguments)) as context:
        return tutor.invoke(context)


def _wants_json(arguments: Sequence[str]) -> bool:
    """Whether a result would have been JSON; looked up by hand, as it holds for unparsable lines too."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options or "--stdin" in options
