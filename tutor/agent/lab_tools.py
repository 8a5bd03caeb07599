"""The agent's tools for labs: what there is, proposing and running one, following, comparing, explaining.

Figures go to the model as JSON. No run starts without the person's word: `run_lab` interrupts the
graph and starts only what was accepted. Import this module late: it brings LangChain.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from langchain_core.tools import BaseTool, tool
from langgraph.prebuilt import ToolRuntime
from langgraph.types import interrupt

from tools.errors import ToolsError
from tutor.agent.labs.figures import cleaned, figures
from tutor.agent.looking_up import passages_on
from tutor.agent.shown import numbered
from tutor.agent.turn import Turn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from knowledge.library import Library
    from tools.engine.plan import Plan
    from tools.engine.runs import Run
    from tools.engine.view import RunView
    from tutor.agent.labs.words import Language
    from tutor.settings import Settings
    from tutor.store import Store

Found = tuple[str, dict[str, Any]]
Runtime = ToolRuntime[Turn, Any]


def lab_tools(settings: Settings, library: Library, store: Store) -> list[BaseTool]:
    """Every tool that has to do with labs and their runs, over the runs of `settings.home`."""
    return [*_planning_tools(settings), _running_tool(settings), *_reading_tools(settings.home, library)]


def _planning_tools(settings_in_force: Settings) -> list[BaseTool]:
    @tool(response_format="content_and_artifact")
    async def list_labs() -> Found:
        """List the labs: the lesson code that can really be run here, with what each shows."""
        return _listed()

    @tool(response_format="content_and_artifact")
    async def propose_lab(
        lab: str,
        runtime: Runtime,
        settings: dict[str, Any] | None = None,
        device: str = "auto",
        data: str = "",
    ) -> Found:
        """Say what a run of a lab would take (time, memory, download), checking its settings. Starts nothing.

        Args:
            lab: The lab's name, from list_labs.
            settings: Only those that differ from the defaults.
            device: "auto", "cpu", "cuda" or "mps".
            data: Path of the learner's own data, where they named one.
        """
        made = await _or_problem(
            _planned, settings_in_force, lab, settings or {}, device, data, (), _language(runtime)
        )
        if "problem" in made:
            return _problem(made)
        return _json(made), {"summary": made["summary"], "plan": made, "lab": made["lab"]}

    return [list_labs, propose_lab]


def _running_tool(settings_in_force: Settings) -> BaseTool:
    @tool(response_format="content_and_artifact")
    async def run_lab(
        lab: str,
        runtime: Runtime,
        settings: dict[str, Any] | None = None,
        device: str = "auto",
        data: str = "",
        unused: list[str] | None = None,
    ) -> Found:
        """Propose a run of a lab to the learner, and start it if they accept. They are always asked.

        Args:
            lab: The lab's name, from list_labs.
            settings: Only those that differ from the defaults.
            device: "auto", "cpu", "cuda" or "mps".
            data: Path of the learner's own data, where they named one.
            unused: Words of the learner's wish that no setting stands for.
        """
        asked = settings or {}
        words = tuple(unused or ())
        made = await _or_problem(
            _planned, settings_in_force, lab, asked, device, data, words, _language(runtime)
        )
        if "problem" in made:
            return _problem(made)
        decision = interrupt({key: value for key, value in made.items() if key != "summary"})
        if decision["action"] == "decline":
            return DECLINED, {"summary": "declined", "declined": True, "lab": made["lab"]}
        chosen = {**asked, **decision.get("settings", {})}
        place = decision.get("device") or device
        started = await _or_problem(_started, settings_in_force, made["lab"], chosen, place, data)
        if "problem" in started:
            return _problem(started)
        if place == device:
            started["device"] = made["device"]  # the one that "auto" came to
        return _json(started), {"summary": f"started {started['run']}", "started": started["run"], **started}

    return run_lab


def _reading_tools(home: Path, library: Library) -> list[BaseTool]:
    @tool(response_format="content_and_artifact")
    async def lab_status(runtime: Runtime, run: str = "last") -> Found:
        """Say how a run is doing: its state, how far it is, the last values of its curves.

        Args:
            run: The run's ID, or "last".
        """
        made = await _or_problem(_status, home, run, _language(runtime))
        if "problem" in made:
            return _problem(made)
        return _json(made["figures"]), {"summary": f"{made['run']}: {made['state']}", **made}

    @tool(response_format="content_and_artifact")
    async def compare_runs(runtime: Runtime, first: str = "", second: str = "") -> Found:
        """Compare two runs: the settings that differ, and their figures side by side.

        Args:
            first: The ID of the earlier run; empty for the last but one.
            second: The ID of the later run; empty for the last.
        """
        made = await _or_problem(_compared, home, first, second, _language(runtime))
        if "problem" in made:
            return _problem(made)
        return _json(made["comparison"]), {"summary": f"{made['first']} and {made['second']}", **made}

    @tool(response_format="content_and_artifact")
    async def explain_result(runtime: Runtime, run: str = "last", about: str = "") -> Found:
        """A run's own figures, what they show, and the course's passages on that, to explain a result with.

        Args:
            run: The run's ID, or "last".
            about: Empty for everything, else one of: overfitting, underfitting, learning_rate, plateau,
                loss, accuracy, confusion, misread, words, next (what to try next).
        """
        made = await _or_problem(_explained, home, run, about, _language(runtime))
        if "problem" in made:
            return _problem(made)
        quotes = await asyncio.to_thread(passages_on, library, runtime.context, made.pop("queries"))
        passages = list({p["n"]: p for quote in quotes for p in quote["passages"]}.values())
        told = {key: made[key] for key in ("figures", "findings", "suggestions")}
        return f"{_json(told)}\n\n{numbered(passages, 'The course on this:' + chr(10) * 2)}", {
            "summary": f"{made['run']}: {made['state']}",
            "passages": passages,
            "quotes": quotes,
            **made,
        }

    return [lab_status, compare_runs, explain_result]


# -- what the tools do, apart from the agent; all of it reads files and so runs in a thread


def _listed() -> Found:
    from tools.labs import LABS

    labs = [
        {"name": each.name, "title": each.title, "lesson": each.lesson, "about": each.about}
        for each in LABS.values()
    ]
    return _json(labs), {"summary": f"{len(labs)} labs", "labs": labs}


def _planned(
    in_force: Settings,
    lab: str,
    settings: Mapping[str, Any],
    device: str,
    data: str,
    unused: Sequence[str],
    language: Language,
) -> dict[str, Any]:
    from tools.engine.plan import plan_run
    from tutor.agent.labs.proposing import payload

    plan: Plan = plan_run(in_force.home, lab, dict(settings), device or "auto", data or None)
    made = payload(plan, device or "auto", unused, language, in_force.model)
    return {**made, "summary": f"{plan.lab}: {plan.seconds:.0f} s on {plan.device}"}


def _started(
    in_force: Settings, lab: str, settings: Mapping[str, Any], device: str, data: str
) -> dict[str, Any]:
    from tools.engine import local
    from tutor.model_environment import model_environment

    server = model_environment(in_force, lab)
    run = local.start(in_force.home, lab, dict(settings), device=device, data=data or None, server=server)
    return {"run": run.id, "lab": run.lab, "device": device, "settings": dict(run.settings)}


def _status(home: Path, run: str, language: Language) -> dict[str, Any]:
    from tutor.agent.labs.explaining import latest_of, state_of

    view = _found(home, run, language).view()
    lines = [state_of(view, language)]
    if view.state not in ("starting", "failed"):
        lines.append(latest_of(view, language))
    return {**_about(view), "paragraphs": [each for each in lines if each], "figures": figures(view)}


def _compared(home: Path, first: str, second: str, language: Language) -> dict[str, Any]:
    from tools.engine import runs
    from tools.engine.compare import compare
    from tutor.agent.labs.words import tell

    everything = runs.all_runs(home)
    if not everything:
        raise _NoRuns(tell("no_runs", language))
    later = runs.find(home, second or "last")
    if first:
        earlier = runs.find(home, first)
    else:
        others = [each for each in everything if each.id != later.id and each.created <= later.created]
        same = [each for each in others if each.lab == later.lab]
        if not others:
            raise _NoRuns(tell("one_run", language, run=later.id))
        earlier = others[0] if not second else (same or others)[0]
    compared = compare(earlier.view(), later.view()).public()
    del compared["curves"]  # thousands of points; the app draws them
    return {
        "first": earlier.id,
        "second": later.id,
        "run": later.id,
        "lab": later.lab,
        "comparison": cleaned(compared),
    }


def _explained(home: Path, run: str, about: str, language: Language) -> dict[str, Any]:
    from typing import get_args

    from tutor.agent.labs.explaining import explain, public, topics_for
    from tutor.agent.labs.request_patterns import About

    topic: About = next((each for each in get_args(About) if each == about), "")
    found = _found(home, run, language)
    view = found.view()
    made = explain(view, topic, language)
    return {
        **_about(view),
        "paragraphs": made.paragraphs,
        "queries": topics_for(made, view.lab),
        "figures": figures(view),
        "findings": [cleaned(public(each)) for each in made.found],
        "suggestions": [
            {"setting": each.setting, "value": each.value, "line": each.line(language)}
            for each in made.suggestions
        ],
        "settings": cleaned(view.settings),
        "again": {"device": found.device, "data": found.data or ""},
    }


def _found(home: Path, run: str, language: Language) -> Run:
    from tools.engine import runs
    from tutor.agent.labs.words import tell

    if not runs.all_runs(home):
        raise _NoRuns(tell("no_runs", language))
    return runs.find(home, run.strip() or "last")


def _about(view: RunView) -> dict[str, Any]:
    return {"run": view.id, "lab": view.lab, "state": view.state}


class _NoRuns(ToolsError):
    """There is no run, or no second one, to speak of."""

    title = "No runs"
    exit_code = 2


async def _or_problem(work: Callable[..., dict[str, Any]], *args: Any) -> dict[str, Any]:
    """What `work` returns, or its failure as a sentence that a model can act on."""
    try:
        return await asyncio.to_thread(work, *args)
    except ToolsError as error:
        problem = f"{error} {error.help}".strip()
        missing = isinstance(error, _NoRuns)
        return {"problem": problem, "summary": error.title.lower(), "no_runs": missing}


def _problem(made: dict[str, Any]) -> Found:
    return str(made["problem"]), made


def _language(runtime: Runtime) -> Language:
    from knowledge.tokens import is_cjk

    return "ja" if is_cjk(runtime.context.question) else "en"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


DECLINED = "The learner declined; nothing was started. Ask what they would like instead, briefly."
