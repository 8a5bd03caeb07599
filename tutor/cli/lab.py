"""`tutor lab`: list, show and read the labs; start, watch, resume and cancel a run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from tutor.cli.opening import settings_in_force
from tutor.cli.output import say, say_json, say_styled, styled, tell
from tutor.errors import UsageError
from tutor.model_environment import model_environment

if TYPE_CHECKING:
    from tools.engine.plan import Plan
    from tools.engine.runs import Follower, Run

_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
_stream = click.option("--json", "as_json", is_flag=True, help="Print the run's events, one object a line.")


@click.group(invoke_without_command=True)
@_json
@click.pass_context
def lab(context: click.Context, as_json: bool) -> int:
    """Run the lessons' code: training, fine-tuning, attention, sampling and more.

    Without a command: list the labs.
    """
    if context.invoked_subcommand is None:
        return int(context.invoke(list_labs, as_json=as_json))
    return 0


@lab.command("list")
@_json
def list_labs(as_json: bool) -> int:
    """List the labs and what each shows."""
    from tools.labs import LABS
    from tutor.cli.table import say_table

    if as_json:
        say_json(
            {
                "labs": [
                    {
                        "name": each.name,
                        "title": each.title,
                        "lesson": each.lesson,
                        "about": each.about,
                        "shows": each.shows,
                        "trains": each.trains,
                    }
                    for each in LABS.values()
                ]
            }
        )
        return 0
    say_table(
        ("Lab", "Lesson", "What it is"),
        [(each.name, str(each.lesson), each.title) for each in LABS.values()],
    )
    say()
    say_styled(styled("Settings: tutor lab show NAME   Run it: tutor lab run NAME", 2))
    return 0


@lab.command()
@click.argument("name")
@_json
def show(name: str, as_json: bool) -> int:
    """Say what a lab does and what each of its settings means and may be."""
    from dataclasses import asdict

    from tools.engine.plan import duration, mebibytes
    from tools.engine.settings import describe_settings
    from tools.labs import open_lab

    opened = open_lab(name)
    info, settings = opened.info, describe_settings(opened.config)
    cost = opened.cost(opened.config())
    if as_json:
        say_json(
            {
                "name": info.name,
                "title": info.title,
                "lesson": info.lesson,
                "about": info.about,
                "shows": info.shows,
                "trains": info.trains,
                "settings": [{**asdict(each), "allowed": each.allowed()} for each in settings],
                "reference": {
                    "seconds": cost.seconds,
                    "memory_mb": cost.memory_mb,
                    "assets": list(cost.assets),
                },
            }
        )
        return 0
    say_styled(f"{styled(info.name, 1)}  {styled(f'lesson {info.lesson}', 2)}")
    say(f"{info.title}. {info.about}")
    say(f"You see {info.shows}.")
    reads = f"; it reads {', '.join(cost.assets)}" if cost.assets else ""
    say(
        f"At its defaults: {duration(cost.seconds)} on two laptop cores, up to "
        f"{mebibytes(cost.memory_mb)} of memory{reads}."
    )
    say()
    for each in settings:
        say_styled(f"{styled(f'{each.name} = {_value(each.default)}', 36)}  {styled(each.allowed(), 2)}")
        say(f"    {each.sentence}")
    say()
    say_styled(styled(f"Run it: tutor lab run {info.name} --set {settings[0].name}=VALUE", 2))
    return 0


@lab.command()
@click.argument("name")
@_json
def source(name: str, as_json: bool) -> int:
    """Print the code of a lab: the file that runs, written to be read."""
    from tools.labs import find_lab, lab_source
    from tutor.cli.code import say_code

    info = find_lab(name)
    files = lab_source(info)
    if as_json:
        say_json({"name": info.name, "files": [{"path": path, "text": text} for path, text in files]})
        return 0
    for number, (path, text) in enumerate(files):
        if len(files) > 1:
            say_styled(styled(f"{'' if number == 0 else chr(10)}# ----- tools/labs/{path}", 2))
        say_code(text)
    return 0


@lab.command()
@click.argument("name")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="Change a setting; may repeat.")
@click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda", "mps"]),
    default="auto",
    show_default=True,
    help="Where to compute.",
)
@click.option(
    "--engine", type=click.Choice(["local"]), default="local", show_default=True, help="What runs it."
)
@click.option("--data", metavar="PATH", help="Your own CSV, JSONL or image folder.")
@click.option("--detach", is_flag=True, help="Start it and return at once.")
@click.option("--dry-run", is_flag=True, help="Say what it would take and start nothing.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask first where it downloads or takes long.")
@_stream
def run(
    name: str,
    pairs: tuple[str, ...],
    device: str,
    engine: str,
    data: str | None,
    detach: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Run a lab and show it live.

    The run is a process of its own: it goes on where this command ends. Ctrl+C cancels it; what it
    has learned by then can be resumed.
    """
    from tools.engine import local
    from tools.engine.plan import plan_run
    from tools.errors import RunRefused

    wanted = read_pairs(pairs)
    settings = settings_in_force()
    home = settings.home
    plan = plan_run(home, name, wanted, device, data)
    if dry_run:
        _say_plan(plan, as_json=as_json)
        return 2 if plan.refused else 0
    if plan.refused:
        raise RunRefused(plan.refused, help=plan.help)
    if not as_json:
        tell(_headline(plan))
        if not (yes or detach):
            _ask(plan)
    server = model_environment(settings, name)
    started = local.start(home, name, wanted, device=device, data=data, server=server)
    return _go_on(started, detach=detach, as_json=as_json)


@lab.command()
@click.argument("run_id", metavar="[ID]", required=False)
@click.option("--detach", is_flag=True, help="Start it and return at once.")
@_stream
def resume(run_id: str | None, detach: bool, as_json: bool) -> int:
    """Go on with a cancelled or failed run from its last checkpoint.

    ID is a run's ID or how it begins; without one, the newest run that can go on.
    """
    from tools.engine import local, runs

    found = _meant(run_id, "failed", "cancelled")
    follower = runs.Follower(found)
    follower.poll()  # what it reported in its earlier life is not told again
    again = found.can_resume()
    local.resume(found, server=model_environment(settings_in_force(), found.lab))
    if not as_json:
        tell(f"{found.id} goes on from its last checkpoint." if again else f"{found.id} begins anew.")
    return _go_on(found, detach=detach, as_json=as_json, follower=follower)


@lab.command()
@click.argument("run_id", metavar="[ID]", required=False)
@_stream
def watch(run_id: str | None, as_json: bool) -> int:
    """Show a run live, from its first event to its end; Ctrl+C leaves it running.

    ID is a run's ID or how it begins; without one, the newest run that is running.
    """
    from tutor.cli.lab_follow import follow

    return follow(_meant(run_id, "starting", "running"), as_json=as_json, cancels=False)


@lab.command()
@click.argument("run_id", metavar="[ID]", required=False)
@_json
def cancel(run_id: str | None, as_json: bool) -> int:
    """Stop a run; it can be resumed. Without an ID, the newest that is running."""
    from tools.engine import local
    from tools.errors import RunRefused

    found = _meant(run_id, "starting", "running")
    if not local.cancel(found):
        state = found.view().state
        raise RunRefused(f"{found.id} is not running: it is {state}.", help="See: tutor runs")
    if as_json:
        say_json({"run": found.id, "state": found.view().state})
    else:
        say(f"{found.id} is cancelled. Go on with: tutor lab resume {found.id}")
    return 0


def read_pairs(pairs: tuple[str, ...]) -> dict[str, str]:
    """`--set KEY=VALUE` as names and texts, hyphens in names as underscores; UsageError for what is none."""
    found: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        name = key.strip().replace("-", "_")
        if not equals or not name:
            raise UsageError(
                f"{pair[:80]!r} is not KEY=VALUE.",
                help="For example: --set epochs=50",
            )
        if name in found:
            raise UsageError(f"{name} is set twice.", help="Give each setting once.")
        found[name] = value.strip()
    return found


def _meant(run_id: str | None, *states: str) -> Run:
    """The run that is named, else the newest in one of these states."""
    from tools.engine import runs
    from tools.errors import UnknownRun

    home = settings_in_force().home
    if run_id is not None:
        return runs.find(home, run_id)
    for each in runs.all_runs(home):
        if each.view().state in states:
            return each
    raise UnknownRun(f"No run is {' or '.join(states)}.", help="See: tutor runs")


def _go_on(started: Run, *, detach: bool, as_json: bool, follower: Follower | None = None) -> int:
    if not detach:
        from tutor.cli.lab_follow import follow

        return follow(started, as_json=as_json, cancels=True, follower=follower)
    if as_json:
        say_json({"run": started.id, "lab": started.lab, "folder": str(started.folder)})
    else:
        say(started.id)
        tell(f"Watch it: tutor lab watch {started.id}   Stop it: tutor lab cancel {started.id}")
    return 0


def _headline(plan: Plan) -> str:
    values = ", ".join(f"{name} {_value(plan.settings[name])}" for name in plan.changed)
    return f"{plan.lab} ({values or 'default settings'}). {plan.sentence()}"


def _say_plan(plan: Plan, *, as_json: bool) -> None:
    from dataclasses import asdict

    if as_json:
        say_json({**asdict(plan), "sentence": plan.sentence()})
    else:
        say(_headline(plan))
        if plan.help:
            say(plan.help)


def _ask(plan: Plan) -> None:
    """Have a person at a terminal agree to a download or a long wait."""
    if not (plan.missing or plan.seconds > _LONG_SECONDS):
        return
    if sys.stdin is not None and sys.stdin.isatty() and sys.stderr is not None and sys.stderr.isatty():
        click.confirm("Start?", default=True, abort=True, err=True)


def _value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value) if value == "" else str(value)


_LONG_SECONDS = 300
