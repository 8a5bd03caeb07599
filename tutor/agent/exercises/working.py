"""What the agent's exercise tools do, apart from the agent: blocking calls of the desk, plain data back.

Nothing here reads the reference solution; the desk alone decides which hint comes next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.errors import ToolsError, UnknownExercise
from tutor.agent.exercises.code import missing_imports, split_code
from tutor.agent.exercises.finding import about, exercise_of, named_in
from tutor.agent.exercises.words import tell
from tutor.agent.labs.words import Language
from tutor.agent.plain_text import strip_controls

if TYPE_CHECKING:
    from threading import Event

    from tutor.exercises.desk import Desk, Entry


class NothingMeant(ToolsError):
    """It cannot be told which exercise is meant; `choices` are those that may be."""

    title = "Which exercise?"
    exit_code = 2

    def __init__(self, message: str, choices: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.choices = tuple(choices)


class NotTheirs(ToolsError):
    """Code that the learner did not write, or a file that they neither named nor started."""

    title = "Not the learner's"
    exit_code = 2


def listed(desk: Desk, lesson: int, state: str, subject: str, language: Language) -> dict[str, Any]:
    """The exercises, narrowed, with how each stands; and which one comes next."""
    every = desk.entries()
    kept = [each for each in every if not lesson or each.exercise.lesson == lesson]
    if lesson and not kept:
        lessons = ", ".join(str(number) for number in sorted({each.exercise.lesson for each in every}))
        raise NothingMeant(tell("no_such_lesson", language, lesson=lesson, lessons=lessons))
    fitting = [each for each in kept if _is_in(each, state)]
    suited = about(subject) if subject else ()
    current = desk.current()
    return {
        "exercises": [told(each) for each in fitting],
        "passed": sum(each.record.state == "passed" for each in kept),
        "of": len(kept),
        "lesson": lesson,
        "state": state,
        "current": told(current) if current else None,
        "subject": subject,
        "suited": [told(each) for each in every if each.exercise.id in suited],
    }


def begun(desk: Desk, name: str, language: Language) -> dict[str, Any]:
    """The exercise with its task and its file, which holds the starter if it was not there before."""
    entry = chosen(desk, name, language)
    started = desk.start(entry.exercise.id)
    return {
        **told(desk.entry(entry.exercise.id)),
        "path": str(started.path),
        "created": started.created,
        "task": entry.exercise.task.strip(),
    }


def pasted(code: str, question: str, said: str, *, wanted: bool) -> str:
    """The learner's own code to check, "" where their file is meant.

    What a model hands over counts only where the learner wrote it: else a model could solve an exercise in
    their name. `wanted` takes the code of the question where none was handed over.
    """
    asked = split_code(question).code
    if not code.strip():
        return asked if wanted else ""
    if "".join(code.split()) in "".join(said.split()):
        return code
    if asked:
        return asked  # the model changed what it copied
    raise NotTheirs(
        "Only code that the learner pasted can be checked, not code that somebody else wrote.",
        help="Ask them to paste their code, or check their file by leaving out the code.",
    )


def meant(desk: Desk, name: str, code: str, language: Language) -> Entry:
    """The exercise to check: the one named, else the one that the code solves, else the current one."""
    if name.strip() or not code.strip():
        return chosen(desk, name, language)
    current = desk.current()
    fitting = exercise_of(code, [current.exercise.id] if current else [])
    if len(fitting) == 1:
        return desk.entry(fitting[0])
    if fitting:
        raise NothingMeant(tell("ambiguous", language), fitting)
    raise NothingMeant(tell("fits_none", language), [current.exercise.id] if current else [])


def judged(
    desk: Desk, entry: Entry, code: str, file: Path | None, cancelled: Event, language: Language
) -> dict[str, Any]:
    """Check the code, the file or else the learner's own file, and record the attempt."""
    name = entry.exercise.id
    added = missing_imports(code, entry.exercise.starter)
    if code.strip():
        verdict = desk.check(name, code="\n".join([*added, code]), cancelled=cancelled)
    else:
        verdict = desk.check(name, file, cancelled=cancelled)
    after = desk.entry(name)
    following = desk.following(name) if verdict.passed else None
    made: dict[str, Any] = {
        **told(after),
        "passed": verdict.passed,
        "pasted": bool(code.strip()),
        **checks_of(verdict.as_dict()),
        "next": told(following) if following else None,
        "explanation": desk.explanation(name).strip() if verdict.passed else "",
    }
    if added:
        made["remarks"].append(tell("imports_added", language, names="; ".join(added)))
    return {**made, "verdict_line": verdict_line(made, language)}


def untrained(entry: Entry, pasted: bool, desk: Desk) -> dict[str, Any]:
    """What is said in place of a check that trains: the conversation starts no training by itself."""
    name = entry.exercise.id
    return {
        **told(entry),
        "unchecked": True,
        "pasted": pasted,
        "path": str(desk.path(name)),
        "command": f"tutor check {name}",
    }


def hinted(desk: Desk, name: str, language: Language) -> dict[str, Any]:
    """The next rung of the ladder, or, where all have been shown, that there is no more."""
    from tutor.exercises.desk import NoMoreHints

    entry = chosen(desk, name, language)
    try:
        hint = desk.next_hint(entry.exercise.id)
    except NoMoreHints:
        return {**ladder(desk, entry), "no_more": True}
    return {**ladder(desk, entry), "hints": [_hint(hint)]}


def ladder(desk: Desk, entry: Entry) -> dict[str, Any]:
    """How far the hints have come, and all that were shown."""
    shown = desk.hints(entry.exercise.id)
    now = desk.entry(entry.exercise.id)
    return {
        **told(now),
        "shown": len(shown),
        "rungs": _RUNGS,
        "hints": [_hint(each) for each in shown],
        "solved": now.record.state == "passed" or now.record.passed_at is not None,
    }


def failure(desk: Desk, name: str, language: Language) -> dict[str, Any]:
    """The last check of an exercise in parts: what did not hold, and the subjects that it is about."""
    entry = _failed_last(desk) if not name.strip() else None
    entry = entry or chosen(desk, name, language)
    last = entry.record.last_verdict
    made: dict[str, Any] = {**told(entry), "queries": []}
    if last is None:
        return {**made, "nothing": "unchecked"}
    made |= checks_of(last)
    if last.get("passed"):
        return {**made, "nothing": "passed"}
    return {**made, "passed": False, "checked_at": entry.record.checked_at or "", "queries": _subjects(entry)}


def chosen(desk: Desk, name: str, language: Language) -> Entry:
    """The exercise called `name`; "" is the current one and "next" the one after it."""
    wanted = name.strip()
    if wanted.lower() in ("", "current", "next"):
        entry = desk.current()
        if entry is not None and wanted.lower() == "next" and entry.record.state != "new":
            entry = desk.following(entry.exercise.id) or entry
        if entry is None:
            raise NothingMeant(tell("all_passed" if desk.entries() else "none_there", language))
        return entry
    try:
        return desk.entry(wanted)
    except UnknownExercise:
        found = named_in(wanted, misspelt=True).exercises
        if len(found) != 1:
            raise
        return desk.entry(found[0])


def allowed_file(desk: Desk, home: Path, entry: Entry, file: str, said: str) -> Path | None:
    """The file to check; None for the exercise's own. A model may name only what the person named."""
    if not file.strip():
        return None
    path = Path(file.strip()).expanduser()
    own = home / "exercises"
    if not path.is_absolute() and not path.exists() and (own / path.name).exists():
        path = own / path.name
    if file.strip() in said or path.resolve().is_relative_to(own.resolve()):
        return path
    if path.resolve() == desk.path(entry.exercise.id).resolve():
        return path
    raise NotTheirs(
        f"{strip_controls(file.strip())[:200]} was not named by the learner.",
        help="Ask them for the file, or leave it out for the exercise's own.",
    )


def told(entry: Entry) -> dict[str, Any]:
    """An exercise and how the learner stands with it, without its long texts."""
    exercise, record = entry.exercise, entry.record
    return {
        "exercise": exercise.id,
        "title": exercise.title,
        "lesson": exercise.lesson,
        "about": exercise.about,
        "write": exercise.signature,
        "minutes": exercise.minutes,
        "trains": exercise.trains,
        "budget": exercise.budget,
        "stands": record.state,
        "attempts": record.attempts,
        "hints_shown": record.hints,
    }


def checks_of(verdict: Mapping[str, Any]) -> dict[str, Any]:
    """A verdict's checks with their texts cut to what is read; all of it is data, some from the learner."""
    from tools.checker import NOT_RUN

    checks = []
    for each in verdict.get("checks", ()):
        message = _cut(each.get("message", ""))
        held = bool(each.get("passed"))
        checks.append(
            {
                "name": " ".join(_cut(each.get("name", "")).split()),
                "passed": held,
                "left_out": not held and message.startswith(NOT_RUN),
                "message": message,
                "mistake": str(each.get("sentence", "") or ""),
                "traceback": _cut(each.get("traceback", "")),
            }
        )
    return {
        "checks": checks,
        "held": sum(each["passed"] for each in checks),
        "total": len(checks),
        "remarks": [_cut(each) for each in verdict.get("remarks", ())],
        "printed": _cut(verdict.get("output", ""), MOST_PRINTED),
    }


def verdict_line(made: Mapping[str, Any], language: Language) -> str:
    """The verdict in one line of Markdown, made of the check alone."""
    key = "passed_line" if made["passed"] else "failed_line"
    return tell(key, language, id=made["exercise"], held=made["held"], total=made["total"])


def _failed_last(desk: Desk) -> Entry | None:
    """The exercise whose check failed last."""
    failing = [each for each in desk.entries() if each.record.state == "failing"]
    return max(failing, key=lambda each: each.record.checked_at or "", default=None)


def _subjects(entry: Entry) -> list[str]:
    """What to look up in the course: the titles of the exercise's sections, then its concepts."""
    from knowledge.errors import KnowledgeError
    from knowledge.lessons import section_info

    titles = []
    for section in entry.exercise.sections:
        try:
            titles.append(section_info(section).title)
        except KnowledgeError:
            continue
    return list(dict.fromkeys([*titles, *entry.exercise.concepts]))[:MOST_SUBJECTS]


def _is_in(entry: Entry, state: str) -> bool:
    if state in ("", "all"):
        return True
    return entry.record.state != "passed" if state == "open" else entry.record.state == state


def _hint(hint: Any) -> dict[str, Any]:
    return {"rung": hint.rung, "of": hint.of, "title": hint.title, "text": hint.text}


def _cut(text: object, most: int = 0) -> str:
    """Text that is safe to print and not longer than one reads."""
    clean = strip_controls(str(text or "")).strip()
    most = most or MOST_MESSAGE
    return clean if len(clean) <= most else clean[: most - 1] + "…"


_RUNGS = 3
MOST_MESSAGE = 1_500
MOST_PRINTED = 600
MOST_SUBJECTS = 2
