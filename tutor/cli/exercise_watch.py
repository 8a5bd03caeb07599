"""Watching an exercise: a check on every save, and keys for hints, the next one, a reset, the solution."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from tutor.cli.exercise_keys import Keys
from tutor.cli.exercise_run import RunningCheck
from tutor.cli.exercise_saves import Mark, Saves, mark
from tutor.cli.exercise_screen import Page, Shown, screen
from tutor.cli.exercise_text import budget_line, code_lines, prose, width
from tutor.cli.output import say_styled, styled
from tutor.errors import TutorError
from tutor.exercises.desk import Desk, NoMoreHints, SolutionLocked
from tutor.failures import describe

if TYPE_CHECKING:
    from tutor.exercises.ladder import Hint


def watch_exercise(desk: Desk, exercise_id: str) -> int:
    """Start the exercise where that is still to do, and watch it until the person quits."""
    with Keys() as keys:
        watching = _Watching(desk, keys)
        try:
            watching.open(exercise_id)
            watching.run()
        finally:
            watching.close()
    return 0


class _Watching:
    """All that happens while watching; only the main thread changes it."""

    def __init__(self, desk: Desk, keys: Keys) -> None:
        self._desk = desk
        self._keys = keys
        self._saves: Saves | None = None
        self._saved = Event()
        self._check: RunningCheck | None = None
        self._checked: Mark | None = None
        self._again = False
        self._answer: Callable[[], None] | None = None
        self._actions = {
            "h": self._hint,
            "n": self._next,
            "r": self._ask_reset,
            "s": self._solution,
            "t": self._task,
        }

    def open(self, exercise_id: str) -> None:
        """Turn to an exercise: its file is started where it is not there, watched and checked."""
        started = self._desk.start(exercise_id)
        if self._saves is not None:
            self._saves.stop()
        entry = self._desk.entry(exercise_id)
        self._shown = Shown(entry, started.path)
        self._shown.counted = self._counted()
        self._saves = Saves(started.path, self._on_save)
        if _holds(started.path, entry.exercise.starter):
            self._show_starter()
            self._shown.notice = f"Open {started.path} in your editor; every save is checked here."
        else:
            self._begin_check()
        if entry.exercise.trains:
            self._shown.notice = f"{self._shown.notice} {budget_line(entry.exercise)}".strip()

    def run(self) -> None:
        """Answer keys and saves until `q`."""
        self._draw()
        while True:
            for key in self._keys.wait():
                if key in "qQ\x04" and self._answer is None:
                    return
                self._press(key.lower())
                if self._answer is not None:
                    break  # what was typed ahead is no answer to a question nobody had read
            if self._saved.is_set():
                self._saved.clear()
                self._look_at_file()
            if self._take_events() or self._keys.redraw:
                self._keys.redraw = False
                self._draw()

    def close(self) -> None:
        """End the check and the watching."""
        if self._saves is not None:
            self._saves.stop()
        if self._check is not None:
            self._check.stop()

    def _on_save(self) -> None:
        """Have the main thread look at the file; called by the thread that watches it."""
        self._saved.set()
        self._keys.wake()

    def _press(self, key: str) -> None:
        if self._answer is not None:
            answer, self._answer, self._shown.question = self._answer, None, ""
            self._try(answer if key == "y" else self._leave_it)
        elif key in self._actions:
            self._shown.notice = ""
            self._try(self._actions[key])
        else:
            return
        self._shown.entry = self._desk.entry(self._name)
        self._draw()

    def _try(self, action: Callable[[], None]) -> None:
        """Do what a key stands for; what cannot be done is said on the screen."""
        try:
            action()
        except TutorError as error:
            self._shown.notice = f"{error} {_without_commands(error.help)}".strip()

    def _turn_to(self, page: Page) -> None:
        """Show a page below everything else."""
        self._shown.page, self._shown.page_is_new = page, True

    def _hint(self) -> None:
        try:
            self._turn_to(_hint_page([self._desk.next_hint(self._name)]))
        except NoMoreHints:
            self._turn_to(_hint_page(self._desk.hints(self._name)))
            self._shown.notice = "These are all the hints there are."

    def _task(self) -> None:
        task = self._shown.entry.exercise.task
        self._turn_to(lambda columns: prose(task, columns))

    def _next(self) -> None:
        if self._desk.entry(self._name).record.state != "passed":
            self._shown.notice = "The next one comes when all checks of this one hold."
            return
        following = self._desk.following(self._name)
        if following is None:
            self._shown.notice = "This was the last one: every exercise is passed."
            return
        self._stop_check()
        self.open(following.exercise.id)

    def _ask_reset(self) -> None:
        self._ask("Begin this file anew? What is in it is kept as a backup.", self._reset)

    def _reset(self) -> None:
        self._stop_check()
        done = self._desk.reset(self._name)
        kept = f" What you wrote is in {done.backup.name}, beside it." if done.backup else ""
        self._show_starter()
        self._shown.notice = f"The file is as in the beginning.{kept}"

    def _show_starter(self) -> None:
        """Show the task and no verdict: a starter nobody has touched is no attempt."""
        self._checked = mark(self._shown.path)
        self._clear_outcome()
        self._task()

    def _solution(self) -> None:
        try:
            self._show_solution(self._desk.solution(self._name))
        except SolutionLocked as error:
            if error.needs_yes:
                self._ask("You have not passed this yet. Show the solution?", self._give_in)
            else:
                self._shown.notice = str(error)

    def _give_in(self) -> None:
        self._show_solution(self._desk.solution(self._name, sure=True))

    def _show_solution(self, text: str) -> None:
        self._turn_to(lambda _: [styled("The solution", 1), *code_lines(text)])

    def _leave_it(self) -> None:
        self._shown.notice = "Nothing was changed."

    def _ask(self, question: str, answer: Callable[[], None]) -> None:
        self._keys.forget()
        self._shown.question, self._answer = question, answer

    def _look_at_file(self) -> None:
        """Check what was saved; a check that runs is stopped first, as it judges what is no longer there."""
        found = mark(self._shown.path)
        if found == self._checked:
            return
        self._checked = found
        if self._check is None:
            self._begin_check()
            self._draw()
        else:
            self._again = True
            self._check.cancelled.set()

    def _begin_check(self) -> None:
        name, path = self._name, self._shown.path
        self._again = False
        self._checked = mark(path)
        self._shown.entry = self._desk.entry(name)
        self._shown.counted = self._counted()
        self._shown.notice, self._shown.page_is_new = "", False
        self._clear_outcome()
        if self._checked is None:
            self._shown.problem = "The file is gone. Save it again, or press r to begin anew."
            return
        self._shown.running = True
        self._check = RunningCheck(
            lambda told, cancelled: self._desk.check(name, path, on_event=told, cancelled=cancelled),
            self._keys.wake,
        )

    def _clear_outcome(self) -> None:
        shown = self._shown
        shown.results, shown.doing, shown.verdict, shown.problem = [], None, None, ""

    def _take_events(self) -> bool:
        """Take in what the check reports; whether there was anything."""
        check = self._check
        if check is None:
            return False
        ended = check.ended.is_set()  # before the events: after it, no more come
        events = check.new_events()
        for event in events:
            self._shown.doing = event if event.result is None else None
            if event.result is not None:
                self._shown.results.append(event.result)
        if not ended:
            return bool(events)
        self._check = None
        self._shown.running = False
        if self._again:
            self._begin_check()
        else:
            self._tell_outcome(check)
        return True

    def _tell_outcome(self, check: RunningCheck) -> None:
        if check.error is not None:
            failure = describe(check.error)
            self._shown.problem = f"{failure.title}: {failure.message} {failure.help}".strip()
            return
        verdict = check.outcome()
        self._shown.verdict = verdict
        self._shown.entry = self._desk.entry(self._name)
        self._shown.counted = self._counted()
        if verdict.passed:
            explanation = self._shown.entry.exercise.explanation
            self._turn_to(lambda columns: prose(explanation, columns))
            self._shown.notice = "n goes on to the next exercise."

    def _stop_check(self) -> None:
        if self._check is not None:
            self._check.stop()
            self._check = None
            self._shown.running = False

    def _counted(self) -> str:
        every = self._desk.entries()
        return f"{sum(each.record.state == 'passed' for each in every)} of {len(every)} passed"

    def _draw(self) -> None:
        rows = shutil.get_terminal_size().lines
        clear = "" if os.environ.get("TERM", "") in ("", "dumb") else "\x1b[2J\x1b[H"
        text = clear + "\n".join(screen(self._shown, width(), rows))
        say_styled(text)
        sys.stdout.flush()

    @property
    def _name(self) -> str:
        return self._shown.entry.exercise.id


def _hint_page(hints: Sequence[Hint]) -> Page:
    def page(columns: int) -> list[str]:
        lines: list[str] = []
        for each in hints:
            lines += ["", styled(f"Hint {each.rung} of {each.of}: {each.title}", 1)]
            lines += prose(each.text, columns)
        return lines[1:]

    return page


def _holds(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() == text.encode()
    except OSError:
        return False


def _without_commands(help: str) -> str:
    """Help that names no command, as this screen has keys."""
    return "" if "tutor " in help else help
