"""What the Guide says about exercises: Markdown of a tool's result, with the learner's text fenced off."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tutor.agent.exercises.words import at_most, tell
from tutor.agent.exercises.working import verdict_line
from tutor.agent.labs.figures import plain
from tutor.agent.models.guide import compose
from tutor.agent.models.guide.compose import Reply
from tutor.agent.models.guide.phrases import Language
from tutor.agent.models.guide.quoting import Quote
from tutor.agent.models.guide.writing import written
from tutor.learner.records import STATE_MARKS

Data = Mapping[str, Any]


def reply(kind: str, data: Data, language: Language) -> Reply:
    """The answer of that kind from what the tool brought."""
    if data.get("problem"):
        return _problem(data, language)
    if not data:
        return Reply(tell("none_there", language), answered=False)
    return _REPLIES[kind](data, language)


def _problem(data: Data, language: Language) -> Reply:
    if data.get("not_started") and data.get("exercise"):
        return Reply(tell("not_started", language, id=data["exercise"]), answered=False)
    parts = [plain(data["problem"])]
    choices = data.get("choices") or ()
    offers = [_offer("check", name) for name in choices]
    if choices:
        lines = [tell("offer_check", language, place=place, id=name) for place, name in enumerate(choices, 1)]
        parts += ["\n".join(lines), tell("pick", language)]
    return Reply("\n\n".join(parts), answered=False, offers=tuple(offers))


def _checked(data: Data, language: Language) -> Reply:
    if data.get("unchecked"):
        return _unchecked(data, language)
    parts = [verdict_line(data, language), _marks(data["checks"], language), *_failures(data, language)]
    if data["printed"]:
        parts += [tell("printed", language), fenced(data["printed"])]
    parts += [f"*{plain(each)}*" for each in data["remarks"]]
    if data["passed"]:
        if data["explanation"]:
            parts += [tell("explanation", language), data["explanation"]]
        parts.append(_following(data, language))
    else:
        parts.append(_go_on(data, language))
    return Reply("\n\n".join(parts))


def _go_on(data: Data, language: Language) -> str:
    """What to do after a check that did not pass."""
    how = {True: "again_pasted", False: "again_file", None: "again"}[data.get("pasted")]
    key = "hints_left" if data["hints_shown"] < RUNGS else "no_hints_left"
    return f"{tell(how, language)} {tell(key, language, shown=data['hints_shown'])}"


def _unchecked(data: Data, language: Language) -> Reply:
    values = {"id": data["exercise"], "time": at_most(data["budget"], language), "command": data["command"]}
    parts = [tell("unchecked", language, **values)]
    if data["pasted"]:
        parts.append(tell("unchecked_pasted", language, path=plain(data["path"])))
    return Reply(" ".join(parts))


def _following(data: Data, language: Language) -> str:
    after = data["next"]
    if not after:
        return tell("all_passed", language)
    return tell(
        "next",
        language,
        title=plain(after["title"]),
        id=after["exercise"],
        lesson=after["lesson"],
        minutes=after["minutes"],
    )


def _marks(checks: Sequence[Data], language: Language) -> str:
    lines = []
    for each in checks:
        mark = "✓" if each["passed"] else "·" if each["left_out"] else "✗"
        note = f" ({tell('left_out', language)})" if each["left_out"] else ""
        lines.append(f"- {mark} {plain(each['name'])}{note}")
    return "\n".join(lines)


def _failures(data: Data, language: Language) -> list[str]:
    """The failing checks with their messages, the first few; what is the same mistake is told once."""
    failed = [each for each in data["checks"] if not each["passed"] and not each["left_out"]]
    different = {each["mistake"] or _CALL.sub("", each["message"]): each for each in reversed(failed)}
    kept = list(reversed(different.values()))[:MOST_FAILURES]
    parts: list[str] = []
    for each in kept:
        parts.append(f"**✗ {plain(each['name'])}**")
        message = each["message"]
        if each["mistake"] and message.startswith(each["mistake"]):
            parts.append(plain(each["mistake"]))
            message = message.removeprefix(each["mistake"]).strip("\n")
        text = "\n\n".join(filter(None, (_folded(message), each["traceback"])))
        if text:
            parts.append(fenced(text))
    if len(failed) > len(kept):
        parts.append(tell("more_failures", language, count=len(failed) - len(kept)))
    return parts


def _explained(data: Data, language: Language) -> Reply:
    name = data["exercise"]
    if data.get("nothing"):
        return Reply(tell(f"nothing_{data['nothing']}", language, id=name), answered=False)
    held = tell("failed_because", language, id=name, held=data["held"], total=data["total"])
    parts = [held, *_failures(data, language)]
    quotes: list[Quote] = []
    for each in data["quotes"]:
        quote = compose.passage_on(each["query"], each["passages"])
        if quote is not None and all(_place(quote) != _place(other) for other in quotes):
            quotes.append(quote)
    if quotes:
        parts += [tell("course_on", language), written(quotes, language)]
    parts.append(_go_on(data, language))
    return Reply("\n\n".join(parts), tuple(quotes), topic=data["quotes"][0]["query"] if quotes else "")


def _listed(data: Data, language: Language) -> Reply:
    if not data["exercises"]:
        return Reply(tell("list_none" if data["of"] else "none_there", language), answered=bool(data["of"]))
    head = "list_lesson" if data["lesson"] else "list"
    parts = [tell(head, language, lesson=data["lesson"], passed=data["passed"], of=data["of"])]
    lessons = list(dict.fromkeys(each["lesson"] for each in data["exercises"]))
    for lesson in lessons:
        if len(lessons) > 1:
            parts.append(tell("in_lesson", language, lesson=lesson))
        lines = [_line(each, language) for each in data["exercises"] if each["lesson"] == lesson]
        parts.append("\n".join(lines))
    parts.append(tell("marks", language))
    return Reply("\n\n".join(parts))


def _line(each: Data, language: Language) -> str:
    return tell(
        "list_line",
        language,
        mark=STATE_MARKS[each["stands"]],
        id=each["exercise"],
        title=plain(each["title"]),
        minutes=each["minutes"],
        trains=tell("trains", language) if each["trains"] else "",
    )


def _progress(data: Data, language: Language) -> Reply:
    parts = [tell("progress", language, passed=data["passed"], of=data["of"])]
    if data["current"]:
        parts += _cards(
            "propose_begun" if _is_begun(data["current"]) else "propose_new", [data["current"]], language
        )
    return Reply("\n\n".join(parts), offers=_starts([data["current"]] if data["current"] else []))


def _proposed(data: Data, language: Language) -> Reply:
    """One exercise to do: on the subject that was wished for, else the current one."""
    suited = list(data["suited"][:MOST_OFFERS])
    if data["lesson"] and not suited:
        suited = list(data["exercises"][:1])
    if suited:
        return Reply("\n\n".join(_cards("propose_on", suited, language)), offers=_starts(suited))
    current = data["current"]
    if not current:
        return Reply(tell("all_passed" if data["of"] else "none_there", language))
    lead = "nothing_on" if data["subject"] else "propose_begun" if _is_begun(current) else "propose_new"
    return Reply("\n\n".join(_cards(lead, [current], language)), offers=_starts([current]))


def _is_begun(each: Data) -> bool:
    return each["stands"] in ("started", "failing")


def _cards(lead: str, exercises: Sequence[Data], language: Language) -> list[str]:
    cards = [
        tell(
            "card",
            language,
            title=plain(each["title"]),
            id=each["exercise"],
            lesson=each["lesson"],
            minutes=each["minutes"],
            about=each["about"],
        )
        for each in exercises
    ]
    lines = [
        tell("offer_start", language, place=place, id=each["exercise"])
        for place, each in enumerate(exercises, 1)
    ]
    return [tell(lead, language), *cards, "\n".join(lines), tell("pick", language)]


def _starts(exercises: Sequence[Data]) -> tuple[dict[str, str], ...]:
    return tuple(_offer("start", each["exercise"]) for each in exercises)


def _offer(do: str, exercise: str) -> dict[str, str]:
    return {"intent": "exercise", "text": json.dumps({"do": do, "exercise": exercise})}


def _begun(data: Data, language: Language) -> Reply:
    where = tell("started" if data["created"] else "there", language, path=plain(data["path"]))
    key = "how_to_check_training" if data["trains"] else "how_to_check"
    how = tell(key, language, id=data["exercise"], time=at_most(data["budget"], language))
    return Reply("\n\n".join([data["task"], f"{where} {how}"]))


def _hinted(data: Data, language: Language) -> Reply:
    name = data["exercise"]
    if data.get("no_more"):
        return Reply(tell("no_more_hints", language, id=name, of=data["rungs"]))
    hint = data["hints"][-1]
    after = "more_hints" if hint["rung"] < hint["of"] else "last_hint"
    return Reply(
        "\n\n".join([tell("hint_for", language, id=name), *_hint(hint, language), tell(after, language)])
    )


def _again(data: Data, language: Language) -> Reply:
    name = data["exercise"]
    if not data["hints"]:
        return Reply(tell("no_hints_yet", language, id=name))
    parts = [tell("hint_for", language, id=name)]
    for hint in data["hints"]:
        parts += _hint(hint, language)
    return Reply("\n\n".join(parts))


def _hint(hint: Data, language: Language) -> list[str]:
    head = tell("hint", language, rung=hint["rung"], of=hint["of"], title=plain(hint["title"]))
    return [head, hint["text"]]


def _refused(data: Data, language: Language) -> Reply:
    """No solution: how far the ladder has come, and how to go on."""
    name, of = data["exercise"], data["rungs"]
    parts = [tell("no_solution", language, id=name), tell("ladder", language, shown=data["shown"], of=of)]
    free = data["solved"] or data["shown"] >= of
    parts.append(tell("off_the_ladder" if free else "on_the_ladder", language, id=name, of=of))
    return Reply(" ".join(parts))


def _place(quote: Quote) -> tuple[str, int]:
    return quote.passage["passage_id"], quote.start


def _folded(message: str) -> str:
    """The message with its long lines in several: a fence shows what fits and cuts the rest.

    The rows of an array, which are indented, stay as they are beneath each other.
    """
    lines = [
        line if line.startswith(" ") else textwrap.fill(line, _COLUMNS, subsequent_indent="  ", **_AS_IT_IS)
        for line in message.split("\n")
    ]
    return "\n".join(lines)


def fenced(text: str) -> str:
    """Text in a fence that nothing in it can close."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}text\n{text}\n{fence}"


_CALL = re.compile(r"^call: .*$", re.MULTILINE)  # differs from check to check, whatever the mistake
_COLUMNS = 60
_AS_IT_IS: dict[str, Any] = {"replace_whitespace": False, "break_on_hyphens": False}
MOST_FAILURES = 3
MOST_OFFERS = 3
RUNGS = 3
_REPLIES: dict[str, Callable[[Data, Language], Reply]] = {
    "list": _listed,
    "progress": _progress,
    "next": _proposed,
    "start": _begun,
    "check": _checked,
    "hint": _hinted,
    "again": _again,
    "solution": _refused,
    "explain": _explained,
}
