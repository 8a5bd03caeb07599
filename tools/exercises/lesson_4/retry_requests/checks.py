"""Checks of retry-requests: how often is called, how long is paused, and what comes out at the end."""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.exercises.checking import Checks, CodeRaised, Learner, Raised, StandInError

checks = Checks()


@checks.check("an answer at the first call comes back at once")
def first_time(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, ["four stars"], attempts=3, wait=1.0)
    _expect(learner, ["four stars"], attempts=1, wait=1.0)


@checks.check("rate limits are waited out, each pause twice the one before")
def rate_limits(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, [429, "four stars"], attempts=3, wait=0.5)
    _expect(learner, [429, 429, 429, "four stars"], attempts=5, wait=0.5)
    for _ in range(3):
        failures = int(random.integers(3, 6))
        wait = round(float(random.uniform(0.1, 3.0)), 3)
        _expect(learner, [429] * failures + ["done"], attempts=failures + 2, wait=wait)


@checks.check("errors of the server are tried again")
def server_errors(learner: Learner, random: np.random.Generator) -> None:
    for status in (500, 502, 503):
        _expect(learner, [status, "done"], attempts=3, wait=1.0)
    mixed = [int(each) for each in random.choice([429, 500, 502, 503, 504, 529], size=4)]
    _expect(learner, [*mixed, "done"], attempts=6, wait=0.25)


@checks.check("bad requests are not tried again")
def bad_requests(learner: Learner, random: np.random.Generator) -> None:
    for status in (400, 401, 403, 404, 422):
        _expect(learner, [status, "too late"], attempts=4, wait=1.0)
    _expect(learner, [429, 400, "too late"], attempts=4, wait=1.0)


@checks.check("attempts counts all calls, and the last error is raised")
def gives_up(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, [429] * 50, attempts=3, wait=1.0)
    _expect(learner, [500] * 50, attempts=1, wait=1.0)
    attempts = int(random.integers(2, 8))
    _expect(learner, [429, 503] * 25, attempts=attempts, wait=0.5)


@checks.check("an answer that comes with the last attempt is returned")
def just_in_time(learner: Learner, random: np.random.Generator) -> None:
    attempts = int(random.integers(3, 6))
    _expect(learner, [429] * (attempts - 1) + ["just in time"], attempts=attempts, wait=2.0)


@checks.check("an empty answer is an answer")
def empty(learner: Learner, random: np.random.Generator) -> None:
    for answer in (None, "", 0, False):
        _expect(learner, [answer, "asked again"], attempts=3, wait=1.0)


class _Service:
    """What the scripted service does at each call: raise the error of a status, or answer."""

    def __init__(self, script: list[Any]) -> None:
        self.script = script
        self.calls = 0
        self.pauses: list[float] = []
        self.paused_at: list[int] = []

    def request(self) -> Any:
        self.calls += 1
        if self.calls > MOST_CALLS:
            raise StandInError("SystemExit", "the service was called without end")
        step = self.script[min(self.calls, len(self.script)) - 1]
        if _fails(step):
            raise StandInError(
                _NAMES.get(step, "InternalServerError"), self.said(self.calls), status_code=step
            )
        return step

    def said(self, call: int) -> str:
        """The message of the error at a call; each has its own."""
        return f"Error code: {self.script[call - 1]} - call {call}"

    def pause(self, seconds: float) -> None:
        self.pauses.append(round(float(seconds), 9))
        self.paused_at.append(self.calls)


def _expect(learner: Learner, script: list[Any], attempts: int, wait: float) -> None:
    """Fail the check where calls, pauses or outcome differ from what the script asks for."""
    service = _Service(script)
    learner.stage("pauses_to", service.pause)
    told = f"call_with_retry(request, {attempts}, {wait:g}), where request gives {_listed(script, attempts)}"
    raised: Raised | None = None
    value = None
    try:
        value = learner.call("call_with_retry", service.request, attempts, wait)
    except CodeRaised as error:
        raised = error.raised
        if not service.calls:
            raise
    calls, pauses = _right(script, attempts, wait)
    if service.calls != calls:
        learner.fail(
            f"{_times(calls)} of request",
            mistake=_wrong_calls(script, service, attempts, calls),
            call=told,
            wrong=f"request was called {service.calls} times",
        )
    _compare_outcome(learner, service, value, raised, told)
    if len(service.pauses) != len(pauses) or not np.allclose(service.pauses, pauses, rtol=1e-6):
        too_early = 0 in service.paused_at
        learner.fail(
            f"pauses of {pauses} seconds" if pauses else "no pause",
            mistake="" if too_early else _wrong_pauses(service.pauses, pauses, wait),
            call=told,
            wrong=f"the pauses were {service.pauses[:8]}" + ", the first before any call" * too_early,
        )


def _compare_outcome(
    learner: Learner, service: _Service, value: Any, raised: Raised | None, told: str
) -> None:
    step = service.script[service.calls - 1]
    if not _fails(step):
        if raised is not None:
            came = f"it raised {raised.type}: {raised.message}"
            learner.fail(f"the answer {step!r}", call=told, wrong=came)
        learner.compare(value, step, words="the answer of request, as it is", call=told)
        return
    wanted = f"the error of call {service.calls}, raised"
    if raised is None:
        learner.fail(wanted, mistake="error-swallowed", call=told, got=value)
    if raised.message != service.said(service.calls):
        came = f"it raised {raised.type}: {raised.message}"
        learner.fail(wanted, mistake="other-error", call=told, wrong=came)


def _right(script: list[Any], attempts: int, wait: float) -> tuple[int, list[float]]:
    """How often is to be called, and the pauses between."""
    calls = 1
    while calls < attempts and _may_pass(script[calls - 1]):
        calls += 1
    return calls, [round(wait * 2**each, 9) for each in range(calls - 1)]


def _wrong_calls(script: list[Any], service: _Service, attempts: int, calls: int) -> str:
    last = script[calls - 1]
    if service.calls > MOST_CALLS and _may_pass(last):
        return "never-ends"
    if service.calls > calls:
        if _fails(last) and not _may_pass(last):
            return "retries-bad-requests"
        if not _fails(last):
            return "empty-is-failure"
        return "one-attempt-more" if service.calls == attempts + 1 else ""
    stopped_at = script[service.calls - 1] if service.calls else 0
    if _fails(stopped_at) and stopped_at >= 500:
        return "server-errors-not-retried" if service.calls != attempts - 1 else ""
    return "one-attempt-less" if service.calls == attempts - 1 else ""


def _wrong_pauses(pauses: list[float], right: list[float], wait: float) -> str:
    n = len(right)
    ways = {
        "no-pause": [] if n else [-1.0],
        "waits-after-the-last": [*right, wait * 2**n],
        "same-wait": [wait] * n,
        "grows-by-adding": [wait * (place + 1) for place in range(n)],
        "doubled-too-early": [2 * each for each in right],
    }
    same = [name for name, wrong in ways.items() if len(wrong) == len(pauses) and np.allclose(pauses, wrong)]
    return same[0] if len(same) == 1 else ""


def _fails(step: Any) -> bool:
    return isinstance(step, int) and not isinstance(step, bool) and step >= 400


def _may_pass(step: Any) -> bool:
    return _fails(step) and (step == 429 or step >= 500)


def _listed(script: list[Any], attempts: int) -> str:
    shown = script[: attempts + 1]
    words = [f"raises {each}" if _fails(each) else f"returns {each!r}" for each in shown]
    return ", ".join(words) + (", ..." if len(script) > len(shown) else "")


def _times(calls: int) -> str:
    return "one call" if calls == 1 else f"{calls} calls"


MOST_CALLS = 40
"""After so many calls the service ends the call itself; no right solution comes near."""
_NAMES = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
}
