"""What an exercise's checks.py is written with: named checks, and the learner's code as something to call."""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, Protocol

import numpy as np

from tools.exercises.comparing import TOLERANCE, call_text, close, difference, kind, shown
from tools.exercises.feedback import LONGEST_PARSED
from tools.exercises.sandboxed.encoding import Handle, Scalar, Tensor
from tools.sandbox import Raised, Sandbox, StandInError

__all__ = [
    "CheckFailed",
    "Checks",
    "Handle",
    "Learner",
    "Raised",
    "Scalar",
    "StandInError",
    "Tensor",
    "close",
]

Body = Callable[["Learner", np.random.Generator], None]


class CheckFailed(Exception):
    """A check did not hold; the message is for the learner, `mistake` the id of a recognised mistake."""

    def __init__(self, message: str, mistake: str = "") -> None:
        super().__init__(message)
        self.mistake = mistake


class CodeRaised(Exception):
    """The learner's code raised where it should have answered."""

    def __init__(self, call: str, raised: Raised) -> None:
        super().__init__(raised.message)
        self.call = call
        self.raised = raised


@dataclass(frozen=True, slots=True)
class Check:
    """One named check; `seconds` limits it where the exercise's own limit does not fit."""

    name: str
    body: Body
    seconds: float | None = None


@dataclass
class Checks:
    """The checks of one exercise in order, and the wrong ways of it that are known by what they compute."""

    checks: list[Check] = field(default_factory=list)
    mistakes: list[tuple[str, str, Callable[..., Any]]] = field(default_factory=list)
    signs: list[tuple[str, Callable[[ast.Module, str], bool]]] = field(default_factory=list)

    def check(self, name: str, *, seconds: float | None = None) -> Callable[[Body], Body]:
        """Register a check under its name, which says what holds: "each row sums to 1"."""

        def register(body: Body) -> Body:
            self.checks.append(Check(name, body, seconds))
            return body

        return register

    def mistake(self, mistake: str, of: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register what a common mistake computes, for the same arguments as the function `of`.

        A wrong value that equals the mistake's is told with that mistake's sentence. Without `of` it
        stands for whichever function was called.
        """

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            self.mistakes.append((mistake, of, function))
            return function

        return register

    def sign(self, mistake: str) -> Callable[[Callable[..., bool]], Callable[..., bool]]:
        """Register a test on the learner's code (its syntax tree) and on the failure's message.

        Asked only where a check failed and nothing it computed told the mistake; never fails a check.
        """

        def register(function: Callable[..., bool]) -> Callable[..., bool]:
            self.signs.append((mistake, function))
            return function

        return register


class LabContext(Protocol):
    """What a check that runs a lab needs: the data folder, a way to report, and when to stop."""

    home: Path | None
    cancelled: threading.Event
    server: Mapping[str, str]

    def progress(self, text: str) -> None:
        """Tell the person how far the lab is."""


class Learner:
    """The learner's code, in its own process: called by name, it answers with plain values.

    Arrays come back as numpy arrays, torch tensors as `Tensor`, NumPy numbers as `Scalar`, other objects
    as `Handle`. Functions among the arguments run in the judge, whatever calls them there.
    """

    def __init__(self, sandbox: Sandbox, source: str, checks: Checks, seconds: float) -> None:
        self.source = source
        self.seconds = seconds
        self.lab: LabContext
        self.remarks: list[str] = []
        self._sandbox = sandbox
        self._checks = checks

    @property
    def tree(self) -> ast.Module:
        """The syntax tree of the learner's code; an empty one where it is too long or too deep."""
        try:
            return ast.parse(self.source if len(self.source) <= LONGEST_PARSED else "")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return ast.parse("")

    @property
    def printed(self) -> str:
        """What the code has printed so far, its first part."""
        return self._sandbox.printed

    def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """What the learner's function returns; its exceptions end the check with their own words."""
        return self._value(call_text(name, args, kwargs), "call", name=name, args=list(args), kwargs=kwargs)

    def invoke(self, handle: Handle, *args: Any, **kwargs: Any) -> Any:
        """Call an object that stayed in the learner's process."""
        return self._value(
            call_text(handle.type, args, kwargs), "invoke", handle=handle, args=list(args), kwargs=kwargs
        )

    def method(self, handle: Handle, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of an object that stayed in the learner's process."""
        text = call_text(f"{handle.type}.{name}", args, kwargs)
        return self._value(text, "method", handle=handle, name=name, args=list(args), kwargs=kwargs)

    def get(self, handle: Handle, name: str) -> Any:
        """An attribute of an object that stayed in the learner's process."""
        return self._value(f"{handle.type}.{name}", "get", handle=handle, name=name)

    def function(self, name: str) -> Handle:
        """The learner's function itself, for a stand-in to call."""
        found = self._value(name, "function", name=name)
        if not isinstance(found, Handle):
            self.fail(f"{name} to be a function", call=name, got=found)
        return found

    def stage(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """What a stand-in's function returns; stand-ins are in the stage files that exercise.toml names."""
        text = call_text(name, args, kwargs)
        return self._value(text, "stage", name=name, args=list(args), kwargs=kwargs)

    def raises(self, name: str, *args: Any, words: str, mistake: str = "", **kwargs: Any) -> Raised:
        """What the learner's function raises; the check fails, saying `words`, where it returns instead."""
        answer = self._sandbox.ask("call", seconds=self.seconds, name=name, args=list(args), kwargs=kwargs)
        if isinstance(answer, Raised):
            return answer
        self.fail(words, mistake=mistake, call=call_text(name, args, kwargs), got=answer)

    def expect(
        self,
        name: str,
        *args: Any,
        gives: Any,
        words: str,
        tolerance: float = TOLERANCE,
        kwargs: Mapping[str, Any] | None = None,
        mistake: str = "",
    ) -> Any:
        """Call the function and fail the check, saying `words`, where it does not return `gives`.

        `words` end the sentence "expected: ..."; they say what is right, not the number alone.
        Returns what came back.
        """
        given = dict(kwargs or {})
        value = self.call(name, *args, **given)
        self.compare(
            value,
            gives,
            words=words,
            call=call_text(name, args, given),
            tolerance=tolerance,
            mistake=mistake or self.recognise(name, value, gives, args, given, tolerance),
        )
        return value

    def compare(
        self,
        value: Any,
        gives: Any,
        *,
        words: str,
        call: str = "",
        tolerance: float = TOLERANCE,
        mistake: str = "",
    ) -> None:
        """Fail the check, saying `words`, where `value` is not `gives`."""
        wrong = difference(value, gives, tolerance)
        if wrong:
            self.fail(words, mistake=mistake, call=call, got=value, wrong=wrong)

    def remark(self, text: str) -> None:
        """Tell the person something beside the verdict, whether or not the check holds."""
        self.remarks.append(text)

    def recognise(
        self,
        name: str,
        value: Any,
        gives: Any,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any] | None = None,
        tolerance: float = TOLERANCE,
    ) -> str:
        """The id of the registered mistake that computes `value` where `gives` is right, else ""."""
        if close(value, gives, tolerance):
            return ""
        for mistake, of, function in self._checks.mistakes:
            if of and of != name:
                continue
            try:
                with np.errstate(all="ignore"):
                    wrong = function(*args, **(kwargs or {}))
            except Exception:  # the mistake itself fails on these arguments
                continue
            if close(value, wrong, tolerance) and not close(wrong, gives, tolerance):
                return mistake
        return ""

    def fail(
        self, words: str, *, mistake: str = "", call: str = "", got: Any = ..., wrong: str = ""
    ) -> NoReturn:
        """End the check: the input, what came back, and what was expected in words."""
        lines = []
        if call:
            lines.append(f"call: {call}")
        if got is not ...:
            lines.append(f"came back: {shown(got)}" + (f" ({kind(got)})" if isinstance(got, str) else ""))
        if wrong:
            lines.append(f"wrong: {wrong}")
        lines.append(f"expected: {words}")
        raise CheckFailed("\n".join(lines), mistake)

    def _value(self, text: str, op: str, **content: Any) -> Any:
        answer = self._sandbox.ask(op, seconds=self.seconds, **content)
        if isinstance(answer, Raised):
            raise CodeRaised(text, answer)
        return answer
