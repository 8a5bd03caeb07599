"""The Guide and the exercises: which tool a message asks for, and the answer from what the tool brought."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AnyMessage, ToolMessage

from tutor.agent.exercises.code import split_code
from tutor.agent.exercises.finding import exercise_of, named_in
from tutor.agent.exercises.requests import Kind, Request, is_recheck, read_request, request_of
from tutor.agent.exercises.words import language_of, tell
from tutor.agent.history import split_turns
from tutor.agent.labs.requests import decision_in
from tutor.agent.models.guide import exercise_replies, followups
from tutor.agent.models.guide.compose import Reply
from tutor.agent.models.guide.followups import Memory
from tutor.agent.models.guide.phrases import Language
from tutor.agent.models.guide.plan import Call, Plan


@dataclass(frozen=True, slots=True)
class ExerciseMemory:
    """What the session's turns leave of exercises.

    `exercise` is the one that was spoken of last, `following` the one that was then named as next; `fresh`
    says that this was in the last turn, `choosing` that the last turn asked which one is meant, and
    `question` is what the person said in it.
    """

    exercise: str = ""
    following: str = ""
    fresh: bool = False
    choosing: bool = False
    question: str = ""


@dataclass(frozen=True, slots=True)
class ExerciseStep:
    """The one tool call that a message asks for, and the kind of answer; without a call it is only said.

    `unsure` where the message may as well be about something else.
    """

    kind: Kind
    call: Call | None
    language: Language
    unsure: bool = False


def recall(messages: Sequence[AnyMessage]) -> ExerciseMemory:
    """What the earlier turns of `messages` (the last turn is the current one) leave of exercises."""
    earlier = split_turns(messages)[:-1]
    question = earlier[-1][0].text if earlier and earlier[-1][0].type == "human" else ""
    for place, turn in enumerate(reversed(earlier)):
        for message in reversed(turn):
            data: object = message.artifact if isinstance(message, ToolMessage) else None
            if not isinstance(data, dict) or data.get("tool") not in TOOLS:
                continue
            exercise, following = _left(data)
            return ExerciseMemory(
                exercise, following, place == 0, bool(data.get("choices")) and place == 0, question
            )
    return ExerciseMemory(question=question)


def plan(message: str, exercises: ExerciseMemory, memory: Memory, *, of_a_run: bool) -> ExerciseStep | None:
    """The call that `message` asks for; None where it asks for nothing of exercises.

    `of_a_run` says that the conversation is about a lab's run.
    """
    picked = followups.choice(message)
    if picked and picked <= len(memory.offers):
        return _picked(memory.offers[picked - 1], exercises)
    language = language_of(message)
    if exercises.choosing and len(message) <= SHORT:
        named = named_in(message, misspelt=True).exercises
        if len(named) == 1:
            return _checking(named[0], exercises.question, language_of(exercises.question))
    request = read_request(message)
    if request is None:
        return None
    if request.kind == "start" and not request.sure and not exercises.following and decision_in(message):
        return None  # a yes to nothing that was offered
    if request.sure or exercises.fresh or (exercises.exercise and is_recheck(message)):
        return _step(request, exercises, language)
    stands_alone = not memory.topic and not of_a_run and not followups.is_elliptic(message)
    if request.kind == "explain" and stands_alone:
        return ExerciseStep("explain", Call("explain_failure", {}), language, unsure=True)
    return None


def step_of(kind: Kind, message: str, exercises: ExerciseMemory) -> ExerciseStep:
    """The step for a message that is most like examples of that kind."""
    return _step(request_of(kind, message), exercises, language_of(message))


def as_plan(step: ExerciseStep, memory: Memory, then: Plan | None = None) -> Plan:
    """The step as a plan of the Guide; `then` is what to do where there turns out to be nothing."""
    text = step.kind if step.call else tell(step.kind, step.language)
    return Plan(
        "exercise" if step.call else "say",
        step.language,
        text,
        topic=memory.topic,
        near=memory.near,
        seen=memory.seen,
        call=step.call,
        then=then,
    )


def reply(plan: Plan, results: Sequence[dict[str, Any]]) -> Reply:
    """The answer that the exercise tool's result makes."""
    name = plan.call.name if plan.call else ""
    data: dict[str, Any] = next((each for each in reversed(results) if each.get("tool") == name), {})
    return exercise_replies.reply(plan.text, data, plan.language)


def _step(request: Request, exercises: ExerciseMemory, language: Language) -> ExerciseStep:
    made = _CALLS[request.kind](request, exercises)
    return ExerciseStep(request.kind, made, language)


def _list(request: Request, exercises: ExerciseMemory) -> Call:
    asked = {"lesson": request.lesson, "state": request.state}
    return Call("list_exercises", {key: value for key, value in asked.items() if value})


def _next(request: Request, exercises: ExerciseMemory) -> Call:
    subject = " ".join(name.replace("-", " ") for name in request.exercises[:1]) or request.about
    arguments: dict[str, Any] = {"subject": subject} if subject else {}
    if request.lesson:
        arguments |= {"lesson": request.lesson, "state": "open"}
    return Call("list_exercises", arguments)


def _start(request: Request, exercises: ExerciseMemory) -> Call:
    name = _named(request)
    if not name and request.asks_next:
        name = exercises.following or "next"
    if not name and exercises.fresh:
        name = exercises.following or exercises.exercise
    return Call("start_exercise", _of(name))


def _check(request: Request, exercises: ExerciseMemory) -> Call:
    arguments: dict[str, Any] = {}
    if request.code:
        name = _fitting(request.code, request.exercises, exercises.exercise)
        arguments = {**_of(name), "code": request.code}
    else:
        arguments = _of(_named(request) or exercises.exercise)
        if request.file:
            named = named_in(request.file.rsplit("/", 1)[-1]).exercises
            arguments = {
                **_of(_named(request) or (named[0] if named else exercises.exercise)),
                "file": request.file,
            }
    return Call("check_solution", arguments)


def _hint(request: Request, exercises: ExerciseMemory) -> Call:
    again = request.kind in ("again", "solution")
    arguments = _of(_named(request) or exercises.exercise)
    return Call("get_hint", {**arguments, "again": True} if again else arguments)


def _explain(request: Request, exercises: ExerciseMemory) -> Call:
    return Call("explain_failure", _of(_named(request) or exercises.exercise))


def _fitting(code: str, named: Sequence[str], before: str) -> str:
    """The exercise that the code is for, where the words or the conversation say; else the tool finds it."""
    fitting = exercise_of(code, [*named, *([before] if before else [])])
    if named:
        return fitting[0] if len(fitting) == 1 and fitting[0] in named else named[0]
    return fitting[0] if len(fitting) == 1 and fitting[0] == before else ""


def _picked(offer: Mapping[str, str], exercises: ExerciseMemory) -> ExerciseStep | None:
    if offer["intent"] != "exercise":
        return None
    told = json.loads(offer["text"])
    language = language_of(exercises.question)
    if told["do"] == "check":
        return _checking(told["exercise"], exercises.question, language)
    return ExerciseStep("start", Call("start_exercise", _of(told["exercise"])), language)


def _checking(exercise: str, question: str, language: Language) -> ExerciseStep:
    """Checking what was pasted in the question before, for the exercise that was chosen since."""
    arguments = {**_of(exercise), "code": split_code(question).code}
    return ExerciseStep("check", Call("check_solution", arguments), language)


def _named(request: Request) -> str:
    return request.exercises[0] if request.exercises else ""


def _of(exercise: str) -> dict[str, Any]:
    return {"exercise": exercise} if exercise else {}


def _left(data: Mapping[str, Any]) -> tuple[str, str]:
    """The exercise that a tool's result is about, and the one to go on with."""
    if data["tool"] == "list_exercises":
        suited = data.get("suited") or ()
        proposed = suited[0] if suited else data.get("current")
        return "", str((proposed or {}).get("exercise", ""))
    following = str((data.get("next") or {}).get("exercise", ""))
    # What was passed is done: "a hint" is then one for the next.
    return ("" if following else str(data.get("exercise", ""))), following


_CALLS: dict[Kind, Callable[[Request, ExerciseMemory], Call | None]] = {
    "list": _list,
    "progress": _list,
    "next": _next,
    "start": _start,
    "check": _check,
    "hint": _hint,
    "again": _hint,
    "solution": _hint,
    "explain": _explain,
    "quiz": lambda request, exercises: None,
}
TOOLS = frozenset(("list_exercises", "start_exercise", "check_solution", "get_hint", "explain_failure"))
SHORT = 80
"""Characters of a message that may choose among the exercises offered."""
