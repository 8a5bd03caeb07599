"""Telling a request to run a lab, or a question about a run, from a question about the subject.

Rules only: what they do not settle is left to the Guide's other readings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from tutor.agent.labs.request_patterns import (
    ABOUT_RUN,
    AGAIN,
    ASKING,
    COMPARES,
    COMPARING,
    COST,
    EXERCISE,
    LISTS,
    NO,
    ORDER,
    ORDER_JA,
    QUOTES,
    RUN_ID_ONLY,
    SOME_LAB,
    STATUSES,
    UNDECIDED,
    VAGUE_STATUS,
    VERDICT,
    YES,
    About,
)
from tutor.agent.labs.wishes import folded, lab_named, read_wish

Kind = Literal["run", "again", "which", "list", "status", "compare", "explain", "cost"]


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: a lab to run (`lab`), or something of runs (`runs` names those that were named).

    "again" is a run like the last one; "which" asks to run something that is no one lab; "cost" asks
    what a run would take. `about` narrows "explain". `sure` is False where the words would fit a
    question about the subject as well, so that only a conversation about a run decides for the run.
    """

    kind: Kind
    lab: str = ""
    runs: tuple[str, ...] = ()
    about: About = ""
    sure: bool = True


def read_request(message: str) -> Request | None:
    """The request in `message`; None where it is none of labs or runs."""
    text = folded(message).strip()
    if len(text) > LONGEST:
        return None
    text = QUOTES.sub('"', text)  # what is quoted is data of the wish, not the wish
    runs = _run_ids(text)
    named = _without_ids(text, runs)
    for read, said in ((_list, text), (_compare, text), (_status, named)):
        if found := read(said, runs):
            return found
    if (found := _run(message, text)) is not None:
        return found
    return _explain(named, runs)


def decision_in(message: str) -> Literal["accept", "decline", ""]:
    """Whether a short message says yes or no to what was proposed."""
    text = folded(message).strip()
    if YES.fullmatch(text):
        return "accept"
    return "decline" if NO.fullmatch(text) else ""


def is_undecided(message: str) -> bool:
    """Whether a short message neither accepts nor declines what was proposed, nor says anything else."""
    return UNDECIDED.fullmatch(folded(message).strip()) is not None


def without_verdict(message: str) -> str:
    """The message without the yes or no that it opens with: "yes, but with tanh" asks for tanh."""
    return VERDICT.sub("", message)


def is_question(message: str) -> bool:
    """Whether the message asks something rather than orders it."""
    text = folded(message)
    return text.rstrip().endswith("?") or any(pattern.search(text) for pattern in ASKING)


def _run_ids(text: str) -> tuple[str, ...]:
    from tools.labs import LABS

    if not LABS:
        return ()
    names = "|".join(sorted((re.escape(name) for name in LABS), key=len, reverse=True))
    return tuple(dict.fromkeys(re.findall(rf"(?<![\w-])(?:{names})-\d{{1,6}}(?![\w-])", text)))


def _without_ids(text: str, runs: tuple[str, ...]) -> str:
    """The text with "the run" for each ID: "is clip-train-1 overfitting?" is "is the run ...?"."""
    for run in sorted(runs, key=len, reverse=True):
        text = re.sub(rf"\b(?:(?:the |my |this )?run )?{re.escape(run)}(?![\w-])", "the run", text)
    return text


def _list(text: str, runs: tuple[str, ...]) -> Request | None:
    return Request("list") if any(pattern.search(text) for pattern in LISTS) else None


def _compare(text: str, runs: tuple[str, ...]) -> Request | None:
    if len(runs) >= 2 and COMPARING.search(text):
        return Request("compare", runs=runs[:2])
    return Request("compare", runs=runs) if any(each.search(text) for each in COMPARES) else None


def _status(text: str, runs: tuple[str, ...]) -> Request | None:
    if any(pattern.search(text) for pattern in STATUSES):
        return Request("status", runs=runs[:1], sure=not VAGUE_STATUS.search(text))
    return None


def _run(message: str, text: str) -> Request | None:
    lab = lab_named(message)
    cost = COST.search(text)
    if cost and lab:
        return Request("cost", lab=lab)
    if EXERCISE.search(text):
        return None
    wanted = _wants_run(text)
    if not wanted:
        return Request("run", lab=lab) if lab and _is_listed(message, lab) else None
    if AGAIN.search(text) and (not lab or re.search(r"\bit\b", text)):
        return Request("again")
    if lab:
        return Request("run", lab=lab)
    return Request("which") if SOME_LAB.search(text) else None


def _is_listed(message: str, lab: str) -> bool:
    """Whether the message is a lab and its settings, with commas between: "two circles, tanh, 500 steps"."""
    if "," not in message or is_question(message):
        return False
    wish = read_wish(message, lab)
    return bool(wish.settings) and not wish.unused


def _wants_run(text: str) -> bool:
    """Whether the sentence orders something to be run, and asks nothing."""
    if any(pattern.search(text) for pattern in ASKING):
        return False
    return ORDER.match(text) is not None or any(ORDER_JA.search(each) for each in re.split("[。!]", text))


def _explain(text: str, runs: tuple[str, ...]) -> Request | None:
    for about, sure, pattern in ABOUT_RUN:
        if pattern.search(text):
            return Request("explain", runs=runs[:1], about=about, sure=sure or bool(runs))
    if runs and RUN_ID_ONLY.search(text):
        return Request("explain", runs=runs[:1])
    return None


LONGEST = 600
"""Characters; a longer message is no request."""
