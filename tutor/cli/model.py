"""`tutor model`: which chat model answers, and choosing another."""

from __future__ import annotations

import os

import click

from tutor.cli.opening import settings_in_force
from tutor.cli.output import say, say_json, tell
from tutor.settings import save_setting

_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group(invoke_without_command=True)
@_json
@click.pass_context
def model(context: click.Context, as_json: bool) -> int:
    """Show or choose the chat model."""
    if context.invoked_subcommand is not None:
        return 0
    settings = settings_in_force()
    if as_json:
        say_json(
            {
                "model": settings.model,
                "origin": settings.origin("model"),
                "base_url": settings.base_url or None,
            }
        )
    else:
        server = f", at {settings.base_url}" if settings.base_url and settings.model != "guide" else ""
        say(f"{settings.model} (from {settings.origin('model')}{server})")
    return 0


@model.command("use")
@click.argument("name")
@_json
def use(name: str, as_json: bool) -> int:
    """Choose the chat model: guide, or openai:NAME for one on an OpenAI-compatible server."""
    save_setting("model", name)
    if os.environ.get("TUTOR_MODEL", "").strip():
        tell("Note: TUTOR_MODEL is set in the environment and outranks this choice.")
    chosen = name.strip()
    if chosen != "guide":
        from tutor.keys import api_key

        if api_key() is None:
            tell("Note: no API key is set. Set OPENAI_API_KEY, or run: tutor config set-key")
    if as_json:
        say_json({"model": chosen})
    else:
        say(f"The model is now {chosen}.")
    return 0
