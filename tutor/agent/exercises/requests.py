"""Telling what a message asks about exercises, from a question about the subject. Rules only."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, get_args

from tutor.agent.exercises import patterns
from tutor.agent.exercises.code import Pasted, split_code
from tutor.agent.exercises.finding import Named, exercise_of, lesson_in, named_in, numbered

Kind = Literal["list", "next", "start", "check", "hint", "again", "explain", "solution", "progress", "quiz"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: something of the exercises that were named, with the code or file to check.

    `lesson` and `state` narrow a list, `about` is the subject of the exercise that is wished for. "again"
    asks for the hints that were shown; `asks_next` says that the next one is to be started. `sure` is False
    where the words would fit another conversation as well, so that only one about an exercise decides.
    """

    kind: Kind
    exercises: tuple[str, ...] = ()
    code: str = ""
    file: str = ""
    lesson: int = 0
    state: str = ""
    about: str = ""
    asks_next: bool = False
    sure: bool = True


def read_request(message: str) -> Request | None:
    """The request in `message`; None where it is none about exercises."""
    pasted = split_code(message)
    if len(pasted.prose) > LONGEST:
        return None
    return _with_code(pasted) if pasted.code else _in_words(pasted.prose)


def request_of(kind: Kind, message: str) -> Request:
    """The request of that kind with what the message says besides, where likeness to an example decided."""
    pasted = split_code(message)
    return _request(kind, named_in(pasted.prose), pasted.prose, code=pasted.code)


def is_recheck(message: str) -> bool:
    """Whether a short message asks for what was checked to be checked again."""
    return _RECHECK.match(split_code(message).prose.lower()) is not None


def _with_code(pasted: Pasted) -> Request | None:
    said = named_in(pasted.prose)
    if _is_solution(said.text):
        return _request("solution", said, pasted.prose)
    asks = not said.text or patterns.CHECK_CODE.search(said.text) is not None
    if not asks or patterns.NO_CHECK_CODE.search(said.text):
        return None
    # Code alone is a solution only where it looks like one.
    if not said.text and not exercise_of(pasted.code):
        return None
    return _request("check", said, pasted.prose, code=pasted.code)


def _in_words(prose: str) -> Request | None:
    said = named_in(prose)
    found = _kind(said.text)
    if found is None:
        nearly = named_in(prose, misspelt=True)
        found = _kind(nearly.text) if nearly.exercises else None
        said = nearly if found else said
    if found is None:
        return _in_a_sentence(prose)
    kind, sure = found
    if kind == "start" and not _means_exercise(said, prose):
        return None
    return replace(_request(kind, said, prose), sure=sure)


def _in_a_sentence(prose: str) -> Request | None:
    """The request in one of several sentences, the last first; only what its words alone make sure."""
    sentences = [each for each in _SENTENCES.split(prose) if each.strip()]
    if not 1 < len(sentences) <= MOST_SENTENCES:
        return None
    for sentence in reversed(sentences):
        found = _in_words(sentence)
        if found and found.sure:
            return found if found.exercises else replace(found, exercises=named_in(prose).exercises[:1])
    return None


def _kind(text: str) -> tuple[Kind, bool] | None:
    """What the text asks for, and whether its words alone say that it is about an exercise."""
    for kind, asks in _READ:
        if asks(text):
            return kind, True
    for kind, unsure in _UNSURE:
        if any(pattern.search(text) for pattern in unsure):
            return kind, False
    return None


def _request(kind: Kind, said: Named, prose: str, code: str = "") -> Request:
    place = numbered(said.text)
    file = patterns.FILE.search(prose) if not code else None
    about = patterns.ABOUT.search(said.text) if kind == "next" and not said.exercises else None
    lesson = lesson_in(said.text)
    return Request(
        kind,
        exercises=(place, *said.exercises) if place else said.exercises,
        code=code,
        file=file["file"] if file and kind == "check" else "",
        lesson=lesson,
        state=_state(said.text) if kind == "list" else "",
        about=(about["en"] or about["ja"]).strip() if about and not lesson else "",
        asks_next=_NEXT_ONE.search(said.text) is not None,
    )


def _state(text: str) -> str:
    return next((state for state, pattern in patterns.STATES if pattern.search(text)), "")


def _means_exercise(said: Named, prose: str) -> bool:
    """Whether "start attention" means the exercise: where a lab has that name, only by saying so."""
    if not said.exercises or _EXERCISE_WORD.search(said.text):
        return True
    from tutor.agent.labs.wishes import lab_named

    return not lab_named(prose)


def _is_solution(text: str) -> bool:
    return patterns.NO_SOLUTION.search(text) is None and _any(patterns.SOLUTION)(text)


def _is_hint(text: str) -> bool:
    if patterns.NO_HINT.search(text):
        return False
    short = len(text.split()) <= MOST_WORDS and len(text) <= LONGEST_HINT
    return (short and patterns.HINT.search(text) is not None) or _any(patterns.STUCK)(text)


def _any(group: tuple[re.Pattern[str], ...]) -> Callable[[str], bool]:
    return lambda text: any(pattern.search(text) for pattern in group)


LONGEST = 600
"""Characters of prose; a longer message is no request."""
MOST_WORDS, LONGEST_HINT = 14, 90
MOST_SENTENCES = 6
_SENTENCES = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])")
_NEXT_ONE = re.compile(r"\bnext\b|次")
_RECHECK = re.compile(
    r"\W*(?:please |now |ok(?:ay)?,? )*(?:re-?check|re-?grade|(?:check|grade)(?: (?:it|that|this))?)"
    r"(?: again| now| please)*\W*$"
    r"|^(?:もう(?:一度|一回|1度)、?)?(?:チェック|採点|確認)(?:して|し直して)?(?:ください|下さい)?\W*$"
)
_EXERCISE_WORD = re.compile(
    r"\b(?:exercises?|assignments?|homework|task)\b|課題|演習|練習問題"
    r"|エクササイズ"
)
_READ: tuple[tuple[Kind, Callable[[str], bool]], ...] = (
    ("solution", _is_solution),
    ("again", _any(patterns.AGAIN)),
    ("hint", _is_hint),
    ("explain", _any(patterns.EXPLAIN)),
    ("check", _any(patterns.CHECK)),
    ("quiz", _any(patterns.QUIZ)),
    ("progress", _any(patterns.PROGRESS)),
    ("start", _any(patterns.START)),
    ("next", _any(patterns.NEXT)),
    ("list", _any(patterns.LIST)),
)
_UNSURE: tuple[tuple[Kind, tuple[re.Pattern[str], ...]], ...] = (
    ("solution", patterns.UNSURE_SOLUTION),
    ("check", patterns.UNSURE_CHECK),
    ("explain", patterns.UNSURE_EXPLAIN),
    ("start", patterns.UNSURE_START),
    ("next", patterns.UNSURE_NEXT),
)
