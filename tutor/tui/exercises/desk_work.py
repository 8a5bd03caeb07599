"""What is done at the desk behind the screen: each function gives, or posts, the message that tells of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from textual.message import Message

from tutor.tui.course_tree import Place
from tutor.tui.exercises.messages import (
    CheckEnded,
    CheckMoved,
    ExerciseOpened,
    ExercisesListed,
    ExerciseUnopened,
    HintCame,
    NextFound,
    SolutionCame,
    SolutionNeedsYes,
    WasReset,
)
from tutor.tui.exercises.work_file import WorkFile, mark
from tutor.tui.messages import Told
from tutor.tui.problem import problem_of

if TYPE_CHECKING:
    from tools.checker import CheckEvent
    from tutor.exercises.desk import Desk, Entry
    from tutor.tui.tutor_app import TutorApp


def desk_of(tutor: TutorApp) -> Desk:
    """A desk over the app's data folder and database."""
    from tutor.exercises.desk import Desk

    return Desk(tutor.settings, tutor.store)


def listed(tutor: TutorApp) -> Message:
    """All exercises, and the one to go on with."""
    try:
        desk = desk_of(tutor)
        current = desk.current()
        name = current.exercise.id if current is not None else ""
        return ExercisesListed(tuple(desk.entries()), name)
    except Exception as error:
        return ExercisesListed((), "", problem_of(error))


def opened(tutor: TutorApp, exercise_id: str) -> Message:
    """One exercise, started where it was not, with all that its screen shows at first."""
    try:
        desk = desk_of(tutor)
        path = desk.start(exercise_id).path
        entry = desk.entry(exercise_id)
        drafts = tutor.settings.home / "exercises" / ".drafts"
        file = WorkFile(path, drafts / f"{entry.exercise.id}.json")
        text = file.read()
        draft = file.read_draft()
        unsaved = draft.text if draft is not None and draft.text != text else None
        if draft is not None and unsaved is not None and draft.begun_on != mark(text):
            # Somebody went on with the file since: the draft must not lie over that, and not be lost.
            kept = file.set_aside(draft.text)
            unsaved = None
            tutor.post_message(Told(str(kept), title="Unsaved work of last time is kept in"))
        if unsaved is None:
            file.drop_draft()
        return ExerciseOpened(
            entry,
            file,
            text,
            unsaved,
            entry.exercise.task,
            tuple(desk.hints(exercise_id)),
            explanation_of(desk, entry),
            tuple(_places(tutor, entry.exercise.sections)),
        )
    except Exception as error:
        return ExerciseUnopened(problem_of(error))


def explanation_of(desk: Desk, entry: Entry) -> str:
    """The explanation, where the learner may read it; else ""."""
    from tutor.exercises.desk import SolutionLocked

    try:
        return desk.explanation(entry.exercise.id)
    except SolutionLocked:
        return ""


def _places(tutor: TutorApp, sections: tuple[str, ...]) -> Iterator[Place]:
    """Where in the course the exercise's sections are read."""
    for lesson in tutor.course.outline():
        for section in lesson.sections:
            if section.id in sections:
                yield Place(section.title, section_id=section.id)


def check(
    tutor: TutorApp,
    exercise_id: str,
    code: str | None,
    number: int,
    cancelled: threading.Event,
    post: Callable[[Message], object],
) -> None:
    """Judge the learner's file, or `code` where the file could not be written; tells of it as it goes."""
    from tools.errors import CheckCancelled

    def tell(event: CheckEvent) -> None:
        post(CheckMoved(number, event))

    try:
        desk = desk_of(tutor)
        verdict = desk.check(exercise_id, code=code, on_event=tell, cancelled=cancelled)
        entry = desk.entry(exercise_id)
        explanation = explanation_of(desk, entry) if verdict.passed else ""
        post(CheckEnded(number, verdict, entry=entry, explanation=explanation))
    except CheckCancelled:
        post(CheckEnded(number))
    except Exception as error:
        post(CheckEnded(number, problem=problem_of(error)))


def hint(tutor: TutorApp, exercise_id: str) -> Message:
    """The next rung of the ladder."""
    from tutor.exercises.desk import NoMoreHints

    desk = desk_of(tutor)
    try:
        return HintCame(desk.next_hint(exercise_id), desk.entry(exercise_id))
    except NoMoreHints:
        return Told(
            "They are below the task. s, or F7, shows the solution.", title="You have seen every hint"
        )
    except Exception as error:
        return Told("", problem=problem_of(error))


def solution(tutor: TutorApp, exercise_id: str, sure: bool) -> Message:
    """The reference solution, or that a yes is missing, or why not yet."""
    from tutor.exercises.desk import SolutionLocked

    desk = desk_of(tutor)
    try:
        code = desk.solution(exercise_id, sure=sure)
        entry = desk.entry(exercise_id)
        return SolutionCame(code, explanation_of(desk, entry), entry)
    except SolutionLocked as error:
        if error.needs_yes:
            return SolutionNeedsYes()
        return Told(f"{error} F6 shows the next hint.", title=error.title)
    except Exception as error:
        return Told("", problem=problem_of(error))


def reset(tutor: TutorApp, exercise_id: str) -> Message:
    """The starter again; what the learner wrote is kept."""
    try:
        done = desk_of(tutor).reset(exercise_id)
        return WasReset(done, done.path.read_text("utf-8"))
    except Exception as error:
        return Told("", problem=problem_of(error))


def following(tutor: TutorApp, exercise_id: str) -> Message:
    """The next unsolved exercise."""
    try:
        return NextFound(desk_of(tutor).following(exercise_id))
    except Exception as error:
        return Told("", problem=problem_of(error))
