"""The command `tutor` itself: the app where no command is given, and the commands, loaded when called."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from tutor.errors import UsageError


class LazyGroup(click.Group):
    """A group whose commands are imported only when one of them is asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        """The commands in the order in which a learner meets them."""
        return list(_COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import and return one command; None where there is none of that name."""
        if name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[name].partition(":")
        command = getattr(import_module(f"tutor.cli.{module}"), attribute)
        assert isinstance(command, click.Command)
        return command


def _show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from tutor.cli.output import say
        from tutor.cli.version import installed_version

        say(f"tutor {installed_version()}")
        context.exit()


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--session", metavar="NAME", help="Open the app on this session.")
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_show_version,
    help="Print the version.",
)
@click.pass_context
def tutor(context: click.Context, session: str | None) -> int:
    """A machine learning tutor for the terminal. Without a command it opens the app.

    Ask about the course or your own material; every answer says where each claim stands. No key,
    no account and no network needed.
    """
    if context.invoked_subcommand is not None:
        if session is not None:
            raise UsageError(
                "--session before a command belongs to the app.",
                help='Leave it out, or put it after ask: tutor ask --session NAME "QUESTION"',
            )
        return 0
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout and sys.stdout.isatty()):
        raise UsageError(
            "The app needs a terminal, and this is a pipe or a file.",
            title="No terminal",
            help='For one answer use: tutor ask "QUESTION"',
        )
    from tutor.cli.opening import settings_in_force

    settings = settings_in_force()
    from tutor.tui.app import run_app

    code: int = run_app(settings, session)
    return code


_COMMANDS = {
    "ask": "ask:ask",
    "search": "search:search",
    "course": "course:course",
    "ingest": "ingest:ingest",
    "sources": "sources:sources",
    "forget": "sources:forget",
    "quiz": "quiz:quiz",
    "progress": "learner_progress:progress",
    "lab": "lab:lab",
    "runs": "runs:runs",
    "exercise": "exercise:exercise",
    "check": "check:check",
    "assets": "assets:assets",
    "sessions": "sessions:sessions",
    "model": "model:model",
    "config": "config:config",
    "doctor": "doctor:doctor",
    "eval": "evaluate:evaluate",
}
