"""Judges a learner's solution: every check runs against their code in a process of its own, compared here.

"Passed" means that all checks ran and held. The verdict is made in this process, from values that came
back; nothing that the learner's code prints, raises or returns is taken as one.
"""

from __future__ import annotations

import importlib.util
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tools.errors import CheckCancelled, SandboxFailed, ToolsError
from tools.exercises.catalog import Exercise
from tools.exercises.submission import Submission, from_code, read_submission

if TYPE_CHECKING:
    from tools.exercises.checking import Check, Checks
    from tools.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What came of one check; `message` is plain text for the learner, "" where it held.

    `mistake` is the id of the recognised mistake and `sentence` its name in words; `traceback` holds
    the lines of the learner's own code that raised.
    """

    name: str
    passed: bool
    message: str = ""
    mistake: str = ""
    sentence: str = ""
    traceback: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of all checks of one exercise; `output` is what the learner's code printed, cut."""

    exercise: str
    passed: bool
    checks: tuple[CheckResult, ...]
    seconds: float
    remarks: tuple[str, ...] = ()
    output: str = ""
    isolation: tuple[str, ...] = ()
    seed: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The verdict as plain data for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class CheckEvent:
    """A check begins, goes on or has ended; `number` counts from 1 to `total`."""

    kind: Literal["started", "progress", "finished"]
    number: int
    total: int
    name: str
    text: str = ""
    result: CheckResult | None = None


def check(
    exercise: Exercise,
    file: Path | None = None,
    *,
    code: str | None = None,
    home: Path | None = None,
    on_event: Callable[[CheckEvent], None] | None = None,
    cancelled: threading.Event | None = None,
    server: Mapping[str, str] | None = None,
    seed: int | None = None,
) -> Verdict:
    """Judge the code in `file`, or `code` itself; blocks until all checks have run.

    `home` is TUTOR_HOME, where the runs and assets of exercises that train go. `server` holds the
    environment variables that say which model server may be asked. `seed` repeats the random inputs of
    an earlier verdict. Raises BadSubmission, SandboxFailed, and CheckCancelled within a second of
    `cancelled` being set.
    """
    submission = from_code(code) if code is not None else read_submission(file or Path(f"{exercise.id}.py"))
    chosen = int.from_bytes(_fresh_seed(), "big") if seed is None else seed
    session = _Session(exercise, submission, home, on_event, cancelled or threading.Event(), chosen)
    session.server = dict(server or {})
    return session.run()


@dataclass
class _Session:
    """One judging: the checks in order, with a fresh process wherever the last one was lost."""

    exercise: Exercise
    submission: Submission
    home: Path | None
    on_event: Callable[[CheckEvent], None] | None
    cancelled: threading.Event
    seed: int
    server: dict[str, str] = field(default_factory=dict)
    results: list[CheckResult] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    output: str = ""
    layers: tuple[str, ...] = ()
    _sandbox: Sandbox | None = None

    def run(self) -> Verdict:
        began = time.monotonic()
        try:
            checks = load_checks(self.exercise)
            self._run_all(checks)
        except OSError as error:
            raise SandboxFailed(
                f"The check could not be carried out: {error.strerror or error}.",
                help="Close some programs or free some disk space, then check again.",
                retryable=True,
            ) from error
        finally:
            self._close()
        total = len(checks.checks) + 1
        return Verdict(
            exercise=self.exercise.id,
            passed=len(self.results) == total and all(each.passed for each in self.results),
            checks=tuple(self.results),
            seconds=round(time.monotonic() - began, 3),
            remarks=(*self.submission.remarks, *self._warnings(), *self.remarks),
            output=self.output,
            isolation=self.layers,
            seed=self.seed,
        )

    def _warnings(self) -> tuple[str, ...]:
        """What a person should know of the isolation, where it cannot hide their files."""
        return () if not self.layers or HIDES_FILES & set(self.layers) else (NOT_HIDDEN,)

    def _run_all(self, checks: Checks) -> None:
        names = [f"the file defines {_listed(self.exercise.names)}", *(each.name for each in checks.checks)]
        self._tell("started", 1, names)
        first = self._define(names[0])
        self._finish(first, 1, names)
        lost = 0
        for number, each in enumerate(checks.checks, 2):
            self._tell("started", number, names)
            if not first.passed:
                result = CheckResult(each.name, False, NOT_RUN)
            elif lost >= MOST_LOST:
                result = CheckResult(each.name, False, "Not run: the code did not answer before.")
            else:
                result = self._run_one(checks, each, number, names)
                slow = result.seconds >= (each.seconds or self.exercise.seconds)
                lost += (MOST_LOST if slow else 1) if self._sandbox is None else 0
            self._finish(result, number, names)

    def _define(self, name: str) -> CheckResult:
        """Import the learner's file in a new process; the first check of all."""
        from tools.exercises import feedback
        from tools.sandbox import Died, Raised

        began = time.monotonic()
        source, filename = self.submission.source, self.submission.name
        wrong = feedback.syntax_problem(source, filename)
        if wrong:
            return CheckResult(name, False, wrong)
        traceback = ""
        try:
            sandbox = self._open()
            defined = sandbox.ask(
                "define", seconds=max(IMPORT_SECONDS, self.exercise.seconds), source=source, filename=filename
            )
            if isinstance(defined, Raised):
                wrong = feedback.raised_message("", defined, source, filename)
                traceback = feedback.own_traceback(defined, source, filename)
            else:
                wrong = feedback.missing_names(self.exercise.names, [str(each) for each in defined])
        except Died as died:
            wrong = feedback.died_message(died, max(IMPORT_SECONDS, self.exercise.seconds))
        if wrong:
            self._close()
        said = feedback.printable(wrong), feedback.printable(traceback)
        return CheckResult(name, not wrong, said[0], traceback=said[1], seconds=_since(began))

    def _run_one(self, checks: Checks, each: Check, number: int, names: list[str]) -> CheckResult:
        import numpy as np

        from tools.exercises import feedback
        from tools.exercises.checking import CheckFailed, CodeRaised, Learner
        from tools.sandbox import Died

        if self._sandbox is None:
            again = self._define(names[0])
            if not again.passed:
                return CheckResult(each.name, False, again.message, traceback=again.traceback)
        assert self._sandbox is not None
        seconds = each.seconds or self.exercise.seconds
        source, filename = self.submission.source, self.submission.name
        learner = Learner(self._sandbox, source, checks, seconds)
        learner.lab = _LabContext(self, number, names)
        began = time.monotonic()
        message, mistake, traceback = "", "", ""
        try:
            each.body(learner, np.random.default_rng([self.seed % 2**32, number]))
        except CheckFailed as failed:
            message, mistake = str(failed), failed.mistake
        except CodeRaised as error:
            message = feedback.raised_message(error.call, error.raised, source, filename)
            traceback = feedback.own_traceback(error.raised, source, filename)
        except Died as died:
            message = feedback.died_message(died, seconds)
            self._close()
        except (ToolsError, OSError):  # of the judge's own doing: nobody's solution is wrong
            raise
        except Exception as error:  # what came back is so unlike an answer that the check stumbled over it
            message = (
                f"What came back is of another kind than the task asks for ({type(error).__name__}: {error}"
            )[:1_000] + ")."
        message, traceback = feedback.printable(message), feedback.printable(traceback)
        self.remarks += learner.remarks
        if message and not mistake:
            mistake = _by_sign(checks, learner, message)
        sentence = self.exercise.mistakes.get(mistake, "")
        told = f"{sentence}\n{message}" if sentence else message
        return CheckResult(each.name, not message, told, mistake, sentence, traceback, _since(began))

    def _open(self) -> Sandbox:
        from tools.sandbox import Sandbox

        hidden = [Path.home()] + ([self.home] if self.home else [])
        self._close()
        self._sandbox = Sandbox(
            memory=self.exercise.memory_mb * 2**20,
            preload=self.exercise.preload,
            stages=stage_sources(self.exercise),
            hidden=hidden,
            cancelled=self.cancelled,
        )
        self.layers = self._sandbox.layers
        return self._sandbox

    def _close(self) -> None:
        if self._sandbox is not None:
            self._sandbox.close()
            printed = self._sandbox.printed
            self.output = printed if not self.output else self.output
            self._sandbox = None

    def _finish(self, result: CheckResult, number: int, names: list[str]) -> None:
        if self.cancelled.is_set():
            raise CheckCancelled("The check was stopped.", help="Run it again when you like.")
        self.results.append(result)
        self._tell("finished", number, names, result=result)

    def _tell(
        self,
        kind: Literal["started", "progress", "finished"],
        number: int,
        names: Sequence[str],
        text: str = "",
        result: CheckResult | None = None,
    ) -> None:
        if self.on_event is not None:
            self.on_event(CheckEvent(kind, number, len(names), names[number - 1], text, result))


class _LabContext:
    """What a check that runs a lab needs besides the learner: where, how to report, when to stop."""

    def __init__(self, session: _Session, number: int, names: list[str]) -> None:
        self.home = session.home
        self.cancelled = session.cancelled
        self.server: Mapping[str, str] = session.server
        self._session = session
        self._number = number
        self._names = names

    def progress(self, text: str) -> None:
        """Tell the person how far the lab is."""
        self._session._tell("progress", self._number, self._names, text)


def load_checks(exercise: Exercise) -> Checks:
    """The exercise's checks.py, loaded under a name of its own."""
    with _LOADING:  # another thread must not find a module that is half run
        return _loaded(exercise, f"tools.exercises.checks_of_{exercise.id.replace('-', '_')}")


def _loaded(exercise: Exercise, name: str) -> Checks:
    from tools.exercises.checking import Checks

    module = sys.modules.get(name)
    if module is None:
        spec = importlib.util.spec_from_file_location(name, exercise.folder / "checks.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # dataclasses look their module up while it is being run
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
    checks = module.checks
    assert isinstance(checks, Checks)
    return checks


def stage_sources(exercise: Exercise) -> list[tuple[str, str]]:
    """The stand-ins that the exercise names, and its own stage.py, as names and sources."""
    shared = Path(__file__).parent / "exercises" / "sandboxed" / "stand_ins"
    files = [(name, shared / f"{name}.py") for name in exercise.stage]
    own = exercise.folder / "stage.py"
    files += [("own", own)] if own.exists() else []
    return [(name, path.read_text(encoding="utf-8")) for name, path in files]


def _by_sign(checks: Checks, learner: Any, message: str) -> str:
    """The mistake whose sign stands in the code, where the failing value alone did not tell it."""
    for mistake, sign in checks.signs:
        try:
            if sign(learner.tree, message):
                return mistake
        except (SyntaxError, ValueError, RecursionError):
            return ""
    return ""


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _since(began: float) -> float:
    return round(time.monotonic() - began, 3)


def _fresh_seed() -> bytes:
    import os

    return os.urandom(4)


_LOADING = threading.RLock()
HIDES_FILES = {"Landlock", "mount namespace", "sandbox profile"}
NOT_HIDDEN = (
    "This system has no means to keep the checked code from reading your files (see tutor doctor): "
    "check only code that you trust."
)
NOT_RUN = "Not run: the checks before it come first."
IMPORT_SECONDS = 15.0
MOST_LOST = 2
"""How often the learner's process may crash before the rest is not run; running out of time counts as all."""
