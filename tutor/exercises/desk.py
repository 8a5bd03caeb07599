"""The desk where exercises are worked on: one owner of the rules for command line, app and agent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.exercises.catalog import Exercise, exercises, find_exercise
from tutor.errors import StorageError, TutorError
from tutor.exercises import files
from tutor.exercises.ladder import RUNGS, Hint, hint
from tutor.learner.records import ExerciseRecord
from tutor.learner_store import LearnerStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from tools.checker import CheckEvent, Verdict
    from tutor.settings import Settings
    from tutor.store import Store


@dataclass(frozen=True, slots=True)
class Entry:
    """An exercise and what the learner did with it."""

    exercise: Exercise
    record: ExerciseRecord


@dataclass(frozen=True, slots=True)
class Started:
    """Where the learner's file is; `created` is False where it was there already, and is as it was."""

    path: Path
    created: bool


@dataclass(frozen=True, slots=True)
class Reset:
    """The file that holds the starter again; `backup` is None where nothing of the learner's was in it."""

    path: Path
    backup: Path | None


class NotStarted(TutorError):
    """There is no file of the learner's to check yet."""

    title = "Not started yet"
    exit_code = 2


class NoMoreHints(TutorError):
    """Every rung of the ladder has been shown."""

    title = "No more hints"
    exit_code = 2


class SolutionLocked(TutorError):
    """Not the learner's to see yet; `needs_yes` where only an explicit yes is missing."""

    title = "Not yet"
    exit_code = 2

    def __init__(self, message: str, *, help: str, needs_yes: bool = False) -> None:
        super().__init__(message, help=help)
        self.needs_yes = needs_yes


class Desk:
    """The learner's exercises over one data folder; safe to use from several threads.

    Hints come in their order, and the solution only after passing, or after every hint and an explicit
    yes: that holds for every caller, whatever it was told.
    """

    def __init__(self, settings: Settings, store: Store) -> None:
        """Work in the settings' data folder, with what the store remembers."""
        self._settings = settings
        self._learner = LearnerStore(store)

    def entries(self) -> list[Entry]:
        """Every exercise in the course's order, with the learner's record."""
        records = self._learner.records()
        return [Entry(each, records.get(each.id, ExerciseRecord(each.id))) for each in exercises()]

    def entry(self, exercise_id: str) -> Entry:
        """One exercise with its record; UnknownExercise where there is none of that name."""
        exercise = find_exercise(exercise_id)
        return Entry(exercise, self._learner.record(exercise.id))

    def current(self) -> Entry | None:
        """The exercise worked on last and not passed, else the next unsolved; None where all are passed."""
        every = self.entries()
        begun = [each for each in every if each.record.state in ("started", "failing")]
        if begun:
            return max(begun, key=lambda each: _touched(each.record))
        passed = [each for each in every if each.record.state == "passed"]
        if not passed:
            return every[0] if every else None
        return self.following(max(passed, key=lambda each: _touched(each.record)).exercise.id)

    def following(self, exercise_id: str) -> Entry | None:
        """The next unsolved exercise after this one, after the last from the beginning; None at the end."""
        name, every = find_exercise(exercise_id).id, self.entries()
        place = next(number for number, each in enumerate(every) if each.exercise.id == name)
        order = every[place + 1 :] + every[:place]
        return next((each for each in order if each.record.state != "passed"), None)

    def start(self, exercise_id: str, folder: Path | None = None) -> Started:
        """Write the starter to `folder`, else the data folder, where no file is there; never over one.

        Without a folder, an exercise that was started elsewhere stays where it is.
        """
        exercise = find_exercise(exercise_id)
        path = self.path(exercise.id) if folder is None else folder / files.file_name(exercise.id)
        created = files.write_new(path, exercise.starter)
        self._learner.started(exercise.id, str(path))
        return Started(path, created)

    def path(self, exercise_id: str) -> Path:
        """The learner's file: where it was started, or in the data folder where that folder is gone."""
        exercise = find_exercise(exercise_id)
        recorded = self._learner.record(exercise.id).path
        if recorded and Path(recorded).parent.is_dir():
            return Path(recorded)
        return files.place(self._settings.home, exercise.id)

    def check(
        self,
        exercise_id: str,
        file: Path | None = None,
        *,
        code: str | None = None,
        on_event: Callable[[CheckEvent], None] | None = None,
        cancelled: Event | None = None,
    ) -> Verdict:
        """Judge the learner's own file, another file, or code, and record the attempt.

        Blocks until it is judged. Raises NotStarted without a file, BadSubmission for one that cannot be
        read, and CheckCancelled once `cancelled` is set; then nothing is recorded.
        """
        from tools import checker

        exercise = find_exercise(exercise_id)
        if code is None and file is None:
            file = self._own_file(exercise)
        verdict = checker.check(
            exercise,
            file,
            code=code,
            home=self._settings.home,
            on_event=on_event,
            cancelled=cancelled,
            server=self._server(exercise),
        )
        return self._recorded(verdict)

    def hints(self, exercise_id: str) -> list[Hint]:
        """The hints shown so far, the first one first."""
        entry = self.entry(exercise_id)
        return [self._hint(entry, rung) for rung in range(1, entry.record.hints + 1)]

    def next_hint(self, exercise_id: str) -> Hint:
        """Show the next rung of the ladder; NoMoreHints after the last."""
        entry = self.entry(exercise_id)
        name, rung = entry.exercise.id, entry.record.hints + 1
        if rung > RUNGS:
            raise NoMoreHints(
                f"All {RUNGS} hints for {name} have been shown.",
                help=f"Read them again: tutor exercise hint {name} --again   "
                f"See the solution: tutor exercise solution {name}",
            )
        shown = self._hint(entry, rung)
        self._learner.hint_shown(name, rung)
        return shown

    def solution(self, exercise_id: str, *, sure: bool = False) -> str:
        """The reference solution: after passing, or after every hint when the learner is `sure`.

        Raises SolutionLocked before that.
        """
        entry = self.entry(exercise_id)
        name, record = entry.exercise.id, entry.record
        if not (_passed_once(record) or record.solution_shown):
            if record.hints < RUNGS:
                raise SolutionLocked(
                    f"The solution of {name} comes after passing it, or after all {RUNGS} hints "
                    f"({record.hints} shown so far).",
                    help=f"Next hint: tutor exercise hint {name}",
                )
            if not sure:
                raise SolutionLocked(
                    f"You have seen every hint for {name}, but not passed it yet.",
                    help=f"See the solution all the same: tutor exercise solution {name} --yes",
                    needs_yes=True,
                )
        text = entry.exercise.solution()
        if not _passed_once(record):
            self._learner.solution_shown(name)
        return text

    def reset(self, exercise_id: str) -> Reset:
        """Put the starter back; what the learner wrote is kept beside it as a backup."""
        exercise = find_exercise(exercise_id)
        path = self.path(exercise.id)
        backup = files.back_up(path, unless=exercise.starter)
        files.write_over(path, exercise.starter)
        self._learner.started(exercise.id, str(path))
        return Reset(path, backup)

    def explanation(self, exercise_id: str) -> str:
        """What there is to learn from the exercise; SolutionLocked before passing or seeing the solution."""
        entry = self.entry(exercise_id)
        if not (_passed_once(entry.record) or entry.record.solution_shown):
            raise SolutionLocked(
                f"The explanation of {entry.exercise.id} comes after passing it.",
                help=f"Check it: tutor check {entry.exercise.id}",
            )
        return entry.exercise.explanation

    def _own_file(self, exercise: Exercise) -> Path:
        path = self.path(exercise.id)
        files.look_at_folder(path.parent)
        if not path.exists() and not path.is_symlink():
            raise NotStarted(
                f"There is no {path} yet.", help=f"Start the exercise: tutor exercise start {exercise.id}"
            )
        return path

    def _server(self, exercise: Exercise) -> dict[str, str] | None:
        """The model server that the judge may ask, for the exercise that can use a real model."""
        if exercise.id != _ASKS_A_MODEL or self._settings.model == "guide":
            return None
        from tutor.model_environment import chosen_model

        return chosen_model(self._settings)

    def _recorded(self, verdict: Verdict) -> Verdict:
        """The verdict, written down; one that cannot be is still worth telling, with a remark."""
        mistakes = [each.mistake for each in verdict.checks if each.mistake]
        try:
            self._learner.attempt(
                verdict.exercise,
                passed=verdict.passed,
                seconds=verdict.seconds,
                mistakes=mistakes,
                verdict=verdict.as_dict(),
            )
        except StorageError as error:
            remark = f"This attempt could not be recorded: {error}"
            return replace(verdict, remarks=(*verdict.remarks, remark))
        return verdict

    def _hint(self, entry: Entry, rung: int) -> Hint:
        return hint(entry.exercise.ladder, rung, self._last_failure(entry) if rung == 2 else None)

    def _last_failure(self, entry: Entry) -> dict[str, Any] | None:
        """The last verdict that failed, as a dict; None where no check has failed yet."""
        last = entry.record.last_verdict
        if last is None or not last.get("passed"):
            return last
        return next(
            (
                each.verdict
                for each in reversed(self._learner.attempts(entry.exercise.id))
                if not each.passed and each.verdict
            ),
            None,
        )


def _passed_once(record: ExerciseRecord) -> bool:
    """Whether the learner has solved it, also where a later check set the exercise back."""
    return record.state == "passed" or record.passed_at is not None


def _touched(record: ExerciseRecord) -> str:
    """When the learner last worked on it, as a time that sorts."""
    return max(record.checked_at or "", record.started_at or "")


_ASKS_A_MODEL = "fix-the-prompt"
