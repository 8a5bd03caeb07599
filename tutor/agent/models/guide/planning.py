"""What the Guide will do with a message: which tools to call first, and what kind of answer follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tutor.agent.exercises.requests import Kind
from tutor.agent.models.guide import exercises, followups, labs
from tutor.agent.models.guide.exercises import ExerciseMemory
from tutor.agent.models.guide.followups import Memory
from tutor.agent.models.guide.intents import INTENTS, Intent, Reading, Router, by_rule
from tutor.agent.models.guide.phrases import PHRASES, Language, language_of, say
from tutor.agent.models.guide.plan import Plan


def make_plan(message: str, history: Sequence[Any], router: Router, home: Path | None = None) -> Plan:
    """The plan for `message`; `history` is the session's messages up to and with it, `home` has the runs."""
    memory = followups.recall(history)
    done = exercises.recall(history)
    of_labs = labs.recall(history)
    step = exercises.plan(message, done, memory, of_a_run=bool(of_labs.run))
    if step is not None and not step.unsure:
        return exercises.as_plan(step, memory)
    wish = labs.plan(message, of_labs, memory, home)
    if wish is not None and not wish.unsure:
        plan = labs.as_plan(wish, memory)
    else:
        plan = _plan(message, memory, router, done)
        if wish is not None:
            plan = replace(labs.as_plan(wish, memory), then=plan)
    return exercises.as_plan(step, memory, then=plan) if step is not None else plan


def _plan(message: str, memory: Memory, router: Router, done: ExerciseMemory) -> Plan:
    language = language_of(message)
    picked = followups.choice(message)
    if picked and picked <= len(memory.offers):
        offer = memory.offers[picked - 1]
        language = language_of(memory.topic) if memory.topic else language
        return _act(_reading(offer), language, memory, done)
    number = followups.source_to_open(message)
    if number in memory.passages:
        return _act(Reading("read", memory.passages[number]["passage_id"]), language, memory, done)
    if memory.topic:
        resolved = followups.resolve(message, memory)
        if resolved is not None:
            return Plan(
                "search",
                language,
                text=resolved.query,
                topic=resolved.topic,
                want=resolved.want,
                must=resolved.must,
                near="" if resolved.fresh else memory.near,
                seen=() if resolved.fresh else memory.seen,
            )
    if picked or (not memory.topic and followups.is_elliptic(message)):
        return Plan("say", language, say("nothing_before", language), answered=False)
    reading = by_rule(message)
    if reading is not None:
        if reading.intent == "labs":
            reading = replace(reading, text=message)
        return _act(reading, language, memory, done)
    readings = router.readings(message)
    if len(readings) == 1:
        return _act(readings[0], language, memory, done)
    return _ask_back(readings, language, memory)


def _act(reading: Reading, language: Language, memory: Memory, done: ExerciseMemory) -> Plan:
    if reading.intent == "search":
        return Plan("search", language, text=reading.text, topic=reading.text)
    if reading.intent == "read":
        return Plan(
            "read", language, text=reading.text, topic=memory.topic, near=memory.near, seen=memory.seen
        )
    if reading.intent == "outline":
        return Plan("outline", language, topic=memory.topic, near=memory.near, seen=memory.seen)
    if reading.intent == "web":
        query = reading.text or memory.topic
        if not query:
            return Plan("say", language, say("web_what", language), answered=False)
        return Plan("web", language, text=query, topic=memory.topic, near=memory.near, seen=memory.seen)
    if reading.intent == "labs":
        return labs.as_plan(labs.which(reading.text), memory)
    if reading.intent in KIND_OF:
        step = exercises.step_of(KIND_OF[reading.intent], reading.text, done)
        return exercises.as_plan(step, memory)
    return Plan(
        "say",
        language,
        say(reading.intent, language),
        topic=memory.topic,
        near=memory.near,
        seen=memory.seen,
    )


def _ask_back(readings: Sequence[Reading], language: Language, memory: Memory) -> Plan:
    """Offer the likeliest readings to choose from."""
    lines = []
    for place, reading in enumerate(readings, 1):
        key = f"read_{reading.intent}"
        phrase = key if key in PHRASES else "read_search"
        lines.append(f"{place}. {say(phrase, language, text=reading.text)}")
    text = "\n\n".join([say("which", language), "\n".join(lines), say("reply_number", language)])
    offers = tuple({"intent": reading.intent, "text": reading.text} for reading in readings)
    return Plan(
        "say",
        language,
        text,
        topic=memory.topic,
        near=memory.near,
        seen=memory.seen,
        offers=offers,
        answered=False,
    )


def _reading(offer: dict[str, str]) -> Reading:
    intent = next(each for each in INTENTS if each == offer["intent"])
    return Reading(intent, offer["text"])


KIND_OF: dict[Intent, Kind] = {"practise": "next", "check": "check", "hint": "hint"}
