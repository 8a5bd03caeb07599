"""The Guide and the labs: which tool a message asks for, and the answer from what the tool brought."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, AnyMessage, ToolMessage

from tutor.agent.history import split_turns
from tutor.agent.labs.figures import figure, plain, result_metrics
from tutor.agent.labs.requests import (
    Request,
    decision_in,
    is_question,
    is_undecided,
    read_request,
    without_verdict,
)
from tutor.agent.labs.wishes import Wish, lab_named, read_wish
from tutor.agent.labs.words import tell
from tutor.agent.models.guide import compose, followups
from tutor.agent.models.guide.compose import Reply
from tutor.agent.models.guide.followups import Memory
from tutor.agent.models.guide.phrases import Language, language_of
from tutor.agent.models.guide.plan import Call, Plan
from tutor.agent.models.guide.writing import written

if TYPE_CHECKING:
    from tools.engine.runs import Run


@dataclass(frozen=True, slots=True)
class LabMemory:
    """What the session's turns leave of labs.

    `run` is the last run that was spoken of; `asked` the arguments of the last `run_lab`; `fresh`
    says that this was in the last turn, `open` that nobody has decided it; `choosing` says that the
    last turn listed the labs.
    """

    run: str = ""
    asked: dict[str, Any] = field(default_factory=dict)
    fresh: bool = False
    open: bool = False
    choosing: bool = False


@dataclass(frozen=True, slots=True)
class LabStep:
    """The one tool call that a message asks for; `unsure` where it may as well be about the subject."""

    call: Call
    language: Language
    unsure: bool = False


def recall(messages: Sequence[AnyMessage]) -> LabMemory:
    """What the earlier turns of `messages` (the last turn is the current one) leave of labs."""
    run, fresh, choosing, settled = "", False, False, False
    asked: dict[str, Any] = {}
    for place, turn in enumerate(reversed(split_turns(messages)[:-1])):
        for message in reversed(turn):
            if isinstance(message, ToolMessage) and isinstance(message.artifact, dict):
                run = run or str(message.artifact.get("run", ""))
                settled = settled or (message.name == "run_lab" and not asked)
            if isinstance(message, AIMessage):
                for call in message.tool_calls:
                    if call["name"] == "run_lab" and not asked:
                        asked, fresh = dict(call["args"]), place == 0
                    choosing = choosing or (call["name"] == "list_labs" and place == 0)
    return LabMemory(run, asked, fresh, bool(asked) and not settled, choosing)


def plan(message: str, labs: LabMemory, memory: Memory, home: Path | None) -> LabStep | None:
    """The call that `message` asks for; None where it asks for nothing of labs or runs."""
    language = language_of(message)
    picked = followups.choice(message)
    if picked and picked <= len(memory.offers):
        offer = memory.offers[picked - 1]
        return (
            LabStep(Call("run_lab", json.loads(offer["text"])), language)
            if offer["intent"] == "lab"
            else None
        )
    request = read_request(message)
    if request is not None:
        return _step(request, message, labs, memory, home, language)
    if labs.choosing and not is_question(message) and len(message) <= SHORT and lab_named(message):
        return LabStep(_running(read_wish(message, lab_named(message))), language)
    if labs.open and (decision_in(message) == "accept" or (labs.fresh and is_undecided(message))):
        return LabStep(Call("run_lab", labs.asked), language)  # what was passed over is proposed anew
    if labs.fresh and len(message) <= SHORT and not is_question(message):
        return _revised(message, labs, language)
    return None


def which(message: str) -> LabStep:
    """A wish to run something that is no one lab: the labs, to choose from."""
    return LabStep(Call("list_labs", {}), language_of(message))


def as_plan(step: LabStep, memory: Memory) -> Plan:
    """The step as a plan of the Guide."""
    return Plan("lab", step.language, topic=memory.topic, near=memory.near, seen=memory.seen, call=step.call)


def _step(
    request: Request, message: str, labs: LabMemory, memory: Memory, home: Path | None, language: Language
) -> LabStep | None:
    if request.kind == "run":
        return LabStep(_running(read_wish(message, request.lab, _base(_last(home, request.lab)))), language)
    if request.kind == "cost":
        wish = read_wish(message, request.lab)
        return LabStep(Call("propose_lab", _arguments(wish, wish.settings)), language)
    if request.kind == "again":
        return _again(message, labs, home, language)
    if request.kind in ("which", "list"):
        return which(message)
    unsure = not request.sure and not labs.run
    if unsure and memory.topic:
        return None  # the conversation is about the subject
    run = (request.runs[0] if request.runs else "") or (labs.run if not request.runs else "") or "last"
    if request.kind == "compare":
        first, second = (*request.runs, "", "")[:2]
        return LabStep(Call("compare_runs", {"first": first, "second": second}), language)
    if request.kind == "status":
        return LabStep(Call("lab_status", {"run": run}), language, unsure)
    return LabStep(Call("explain_result", {"run": run, "about": request.about}), language, unsure)


def _again(message: str, labs: LabMemory, home: Path | None, language: Language) -> LabStep | None:
    """A run like the last one of this conversation, else of this data folder, with what is to differ."""
    run = _last(home, id=labs.run) or _last(home)
    if run is None:
        if not labs.asked:
            return which(message)
        return _merged(read_wish(message, str(labs.asked["lab"])), labs.asked, language)
    wish = read_wish(message, run.lab, _base(run))
    before = {"settings": run.settings, "device": run.device, "data": run.data or ""}
    return _merged(wish, before, language)


def _revised(message: str, labs: LabMemory, language: Language) -> LabStep | None:
    """ "with 3 epochs instead", after a proposal: the same with that changed; None where it is no change."""
    lab = str(labs.asked.get("lab", ""))
    if not lab:
        return None
    wish = read_wish(without_verdict(message), lab, labs.asked.get("settings") or {})
    if wish.unused or not (wish.settings or wish.device):
        return None
    return _merged(wish, labs.asked, language)


def _merged(wish: Wish, before: Mapping[str, Any], language: Language) -> LabStep:
    settings = {**(before.get("settings") or {}), **wish.settings}
    arguments = _arguments(wish, settings)
    for name in ("device", "data"):
        if before.get(name) and name not in arguments:
            arguments[name] = before[name]
    if wish.unused:
        arguments["unused"] = list(wish.unused)
    return LabStep(Call("run_lab", arguments), language)


def _running(wish: Wish) -> Call:
    arguments = _arguments(wish, wish.settings)
    if wish.unused:
        arguments["unused"] = list(wish.unused)
    return Call("run_lab", arguments)


def _arguments(wish: Wish, settings: Mapping[str, Any]) -> dict[str, Any]:
    arguments: dict[str, Any] = {"lab": wish.lab, "settings": dict(settings)}
    if wish.device:
        arguments["device"] = wish.device
    if wish.data:
        arguments["data"] = wish.data
    return arguments


def _last(home: Path | None, lab: str = "", id: str = "") -> Run | None:
    """The newest run, of that lab or of that ID where one is given."""
    if home is None:
        return None
    from tools.engine import runs

    fitting = (run for run in runs.all_runs(home) if run.lab == (lab or run.lab) and run.id == (id or run.id))
    return next(fitting, None)


def _base(run: Run | None) -> dict[str, Any]:
    """What "smaller" and "more" are measured from: the run's settings, and the rate that it really used."""
    if run is None:
        return {}
    base = dict(run.settings)
    used = result_metrics(run.view()).get("learning_rate")
    if not base.get("learning_rate") and isinstance(used, int | float):
        base["learning_rate"] = used
    return base


# -- answers


def reply(plan: Plan, results: Sequence[dict[str, Any]]) -> Reply:
    """The answer that the lab tool's result makes."""
    data = results[-1] if results else {}
    name = plan.call.name if plan.call else ""
    if data.get("problem"):
        return Reply(plain(data["problem"]), answered=False)
    if not data:
        return Reply(tell("declined", plan.language), answered=False)
    return _REPLIES[name](data, plan.language)


def _proposed(data: dict[str, Any], language: Language) -> Reply:
    return Reply(tell("cost", language, sentence=data["plan"]["sentence"]))


def _ran(data: dict[str, Any], language: Language) -> Reply:
    if data.get("declined"):
        return Reply(tell("declined", language))
    return Reply(tell("started", language, run=data["run"], lab=data["lab"], device=plain(data["device"])))


def _labs(data: dict[str, Any], language: Language) -> Reply:
    lines = [
        tell("lab_line", language, name=each["name"], lesson=each["lesson"], about=each["about"])
        for each in data["labs"]
    ]
    return Reply("\n\n".join([tell("labs", language), "\n".join(lines), tell("try_lab", language)]))


def _status(data: dict[str, Any], language: Language) -> Reply:
    return Reply("\n\n".join(data["paragraphs"]))


def _explained(data: dict[str, Any], language: Language) -> Reply:
    parts = list(data["paragraphs"])
    quotes = []
    for each in data["quotes"]:
        quote = compose.passage_on(each["query"], each["passages"])
        if quote is not None:
            quotes.append(quote)
    if quotes:
        parts += [tell("course_on", language), written(quotes, language)]
    offers = []
    if data["suggestions"]:
        lines = [f"{place}. {each['line']}" for place, each in enumerate(data["suggestions"], 1)]
        parts += [tell("next", language), "\n".join(lines), tell("pick", language)]
        for each in data["suggestions"]:
            settings = {**data["settings"], each["setting"]: each["value"]}
            again = {"lab": data["lab"], "settings": settings, **data["again"]}
            offers.append({"intent": "lab", "text": json.dumps(again, ensure_ascii=False)})
    topic = data["quotes"][0]["query"] if quotes else ""
    return Reply("\n\n".join(parts), tuple(quotes), offers=tuple(offers), topic=topic)


def _compared(data: dict[str, Any], language: Language) -> Reply:
    compared = data["comparison"]
    names = {"first": plain(data["first"]), "second": plain(data["second"])}
    parts = [tell("compared", language, **names)]
    if compared["settings"]:
        rows = [tell("differ", language, **names), "|---|---|---|"]
        rows += [_row(each) for each in compared["settings"]]
        parts.append("\n".join(rows))
    else:
        parts.append(tell("same_settings", language))
    metrics = compared["metrics"][:MOST_METRICS]
    if metrics:
        rows = [tell("metric_row", language, **names), "|---|---|---|---|"]
        rows += [f"{_row(each)} {_signed(each['difference'])} |" for each in metrics]
        parts.append("\n".join(rows))
    names_told = {each["name"] for each in metrics}
    for run in (data["first"], data["second"]):
        better = [
            f"`{_cell(each['name'])}`"
            for each in metrics
            if each["better"] == run and not _of_training(each["name"], names_told)
        ]
        if better:
            parts.append(tell("better", language, names=", ".join(better), run=plain(run)))
    parts += [plain(note) for note in compared["notes"]]
    return Reply("\n\n".join(parts))


def _of_training(name: str, others: set[str]) -> bool:
    """Whether a figure is of the data trained on: better there is not better."""
    return name.startswith("train_") or (name == "loss" and not others.isdisjoint(("val_loss", "test_loss")))


def _row(each: Mapping[str, Any]) -> str:
    return f"| `{_cell(each['name'])}` | {_cell(each['first'])} | {_cell(each['second'])} |"


def _cell(value: object) -> str:
    """A value within a table."""
    return "–" if value is None else plain(figure(value)).replace("|", "/")[:120]


def _signed(value: object) -> str:
    if not isinstance(value, int | float):
        return ""
    return f"+{figure(value)}" if value > 0 else figure(value)


_REPLIES = {
    "propose_lab": _proposed,
    "run_lab": _ran,
    "list_labs": _labs,
    "lab_status": _status,
    "explain_result": _explained,
    "compare_runs": _compared,
}
SHORT = 120
"""Characters of a message that may change a proposal or choose a lab."""
MOST_METRICS = 20
