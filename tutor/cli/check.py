"""`tutor check`: judge a learner's code, tell each check as it ends, and say what to do next."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tutor.cli.exercise import open_desk
from tutor.cli.output import plain, say_json, say_styled, tell

if TYPE_CHECKING:
    from types import FrameType

    from tools.checker import CheckEvent, Verdict
    from tutor.cli.exercise_run import RunningCheck
    from tutor.exercises.desk import Desk


@click.command()
@click.argument("exercise_id", metavar="ID")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(exercise_id: str, file: Path | None, as_json: bool) -> int:
    """Check the code you wrote for an exercise.

    FILE is another .py or .ipynb than the one that `tutor exercise start` wrote. The code runs in a
    process of its own, without your files, your network or your keys. Exit code 0 where it passed, 1
    where it did not.
    """
    from tutor.cli.exercise_run import RunningCheck

    with open_desk() as desk:
        entry = desk.entry(exercise_id)
        name = entry.exercise.id
        if not as_json and entry.exercise.trains:
            from tutor.cli.exercise_text import budget_line

            tell(budget_line(entry.exercise))
        with (
            _stoppable(),
            RunningCheck(
                lambda told, cancelled: desk.check(name, file, on_event=told, cancelled=cancelled)
            ) as running,
        ):
            if as_json:
                for _ in running.events():
                    pass  # a Ctrl+C comes in between
                verdict = running.outcome()
                say_json(verdict.as_dict())
            else:
                verdict = _shown(running)
                _say_verdict(desk, verdict)
    return 0 if verdict.passed else 1


def _shown(running: RunningCheck) -> Verdict:
    """The verdict, each check told as it ends."""
    from tutor.cli.exercise_text import check_lines, width

    told: set[str] = set()
    with _DoingLine() as doing:
        for event in running.events():
            if event.kind != "finished" or event.result is None:
                doing.show(event)
                continue
            doing.clear()
            for line in check_lines(event.result, width(), told):
                say_styled(line)
    return running.outcome()


def _say_verdict(desk: Desk, verdict: Verdict) -> None:
    from tutor.cli.exercise_text import at_blanks, next_line, printed_lines, prose, verdict_line, width

    for line in printed_lines(verdict, width()):
        say_styled(line)
    say_styled("")
    say_styled(verdict_line(verdict))
    name = verdict.exercise
    if verdict.passed:
        for line in ["", *prose(desk.entry(name).exercise.explanation, width()), ""]:
            say_styled(line)
        tell(at_blanks(next_line(desk.following(name)), width()))
    elif desk.entry(name).record.hints < _RUNGS:
        tell(f"A hint: tutor exercise hint {name}")
    else:
        tell(f"Read the hints again: tutor exercise hint {name} --again")


class _DoingLine:
    """What is being done right now: one line on a terminal that comes and goes, else now and then a line."""

    def __init__(self) -> None:
        self._terminal = sys.stderr is not None and sys.stderr.isatty()
        self._next = time.monotonic() + _LINE_SECONDS
        self._drawn = False

    def __enter__(self) -> _DoingLine:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def show(self, event: CheckEvent) -> None:
        import shutil

        said = plain(f"{event.name}: {event.text}" if event.text else event.name).replace("\n", " ")
        if self._terminal:
            sys.stderr.write("\r\x1b[K" + f"… {said}"[: shutil.get_terminal_size().columns - 1])
            sys.stderr.flush()
            self._drawn = True
        elif event.text and time.monotonic() >= self._next:
            self._next = time.monotonic() + _LINE_SECONDS
            tell(said)

    def clear(self) -> None:
        if self._drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._drawn = False


@contextmanager
def _stoppable() -> Iterator[None]:
    """Have a polite kill or a closed terminal end a check as Ctrl+C does: with its worker."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_LINE_SECONDS = 4.0
_RUNGS = 3
