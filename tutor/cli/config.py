"""`tutor config`: where each setting comes from, and changing it."""

from __future__ import annotations

import os
import sys

import click

from tutor.cli.opening import settings_in_force
from tutor.cli.output import say, say_json, tell
from tutor.errors import UsageError
from tutor.settings import CONFIG_FILE, SETTINGS, find_home, find_setting, save_setting, unset_setting

_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group(invoke_without_command=True)
@_json
@click.pass_context
def config(context: click.Context, as_json: bool) -> int:
    """Show or change the settings.

    Without a command: show every setting, its value and where it comes from.
    """
    if context.invoked_subcommand is None:
        return int(context.invoke(show_config, as_json=as_json))
    return 0


@config.command("show")
@_json
def show_config(as_json: bool) -> int:
    """Show every setting, its value and where it comes from."""
    settings = settings_in_force()
    if as_json:
        say_json(
            {
                "home": {"value": str(settings.home), "origin": settings.origin("home")},
                "settings": [
                    {
                        "name": each.name,
                        "value": getattr(settings, each.name),
                        "origin": settings.origin(each.name),
                        "default": each.default,
                        "env": each.env,
                        "help": each.help,
                        "allowed": each.allowed,
                    }
                    for each in SETTINGS
                ],
            }
        )
        return 0
    from tutor.cli.table import say_table

    rows = [
        (each.name, _shown(getattr(settings, each.name)), settings.origin(each.name)) for each in SETTINGS
    ]
    say_table(("Setting", "Value", "From"), [("home", str(settings.home), settings.origin("home")), *rows])
    return 0


@config.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("value")
@_json
def set_config(name: str, value: str, as_json: bool) -> int:
    """Write one setting to config.toml. Keys do not belong there: see set-key."""
    setting = find_setting(name)
    save_setting(setting.name, value)
    if os.environ.get(setting.env, "").strip():
        tell(f"Note: {setting.env} is set in the environment and outranks config.toml.")
    if as_json:
        say_json({"name": setting.name, "value": _saved(setting.name)})
    else:
        say(f"{setting.name} is now {_shown(_saved(setting.name))}.")
    return 0


@config.command("unset")
@click.argument("name")
@_json
def unset_config(name: str, as_json: bool) -> int:
    """Take one setting out of config.toml, back to its default."""
    setting = find_setting(name)
    was_there = unset_setting(setting.name)
    if as_json:
        say_json({"name": setting.name, "removed": was_there})
    else:
        say(f"{setting.name} is back to its default." if was_there else f"{setting.name} was not set.")
    return 0


@config.command("path")
@_json
def config_path(as_json: bool) -> int:
    """Print where config.toml lies, or would lie."""
    path = find_home()[0] / CONFIG_FILE
    if as_json:
        say_json({"path": str(path), "exists": path.is_file()})
    else:
        say(str(path))
    return 0


@config.command("set-key", context_settings={"ignore_unknown_options": True})
@click.option("--remove", is_flag=True, help="Take the key out of the keyring.")
@click.argument("extra", nargs=-1, type=click.UNPROCESSED, metavar="")
@_json
def set_key(remove: bool, extra: tuple[str, ...], as_json: bool) -> int:
    """Store the API key in the system keyring, from a prompt or from stdin."""
    from tutor.keys import forget_key, save_key

    if extra:
        raise UsageError(
            "A key given on the command line can be read by others and stays in the shell's history.",
            help="Run it without the key and paste it at the prompt, or pipe it in; best make a new key.",
        )
    if remove:
        removed = forget_key()
        text = "The key is out of the keyring." if removed else "There was no key in the keyring."
    else:
        if sys.stdin is not None and sys.stdin.isatty():
            key = click.prompt("API key", hide_input=True, err=True)
        else:
            line = sys.stdin.buffer.readline(10_000) if sys.stdin is not None else b""
            key = line.decode("utf-8", errors="replace")
        save_key(key)
        text = "The key is in the system keyring."
    if as_json:
        say_json({"key": "removed" if remove else "stored"})
    else:
        say(text)
    return 0


def _saved(name: str) -> object:
    """The value as config.toml now holds it, whatever the environment says."""
    import tomllib

    return tomllib.loads((find_home()[0] / CONFIG_FILE).read_text(encoding="utf-8"))[name]


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if value != "" else '""'
