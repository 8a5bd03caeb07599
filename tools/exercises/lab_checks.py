"""Checks that run a lab with a learner's settings: an ordinary run, followed to its end."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.engine import local, runs
from tools.engine.settings import checked_settings
from tools.engine.view import RunView
from tools.errors import BadSettings, CheckCancelled
from tools.exercises.checking import CheckFailed, Learner, Scalar
from tools.labs import open_lab

Rule = Callable[[Learner, dict[str, Any]], None]


@dataclass(frozen=True)
class LabSettings:
    """What an exercise asks of a learner's settings for a lab before it runs it.

    `fixed` settings say what is measured and keep their defaults; the lab may expect the run to take
    at most `most_seconds` on two idle laptop cores. `always` is set whatever the learner says.
    """

    lab: str
    fixed: tuple[str, ...]
    most_seconds: float
    always: Mapping[str, Any] = field(default_factory=dict)

    def held(self, learner: Learner, *rules: Rule) -> dict[str, Any]:
        """The settings, where the lab takes them and the rules hold; else the check was not run."""
        try:
            settings = self.known(learner)
            for rule in rules:
                rule(learner, settings)
        except CheckFailed:
            raise CheckFailed("Not run: the checks before it come first.") from None
        return settings

    def known(self, learner: Learner) -> dict[str, Any]:
        """The settings; the check fails, naming other-names, where the lab does not take them."""
        settings = settings_of(learner)
        try:
            checked_settings(open_lab(self.lab), settings)
        except BadSettings as error:
            strange = set(settings) - set(open_lab(self.lab).config.model_fields)
            learner.fail(
                f"settings that the lab {self.lab} takes. {error} {error.help}",
                mistake="other-names" if strange else "",
                call="settings()",
                got=settings,
            )
        return settings

    def values(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """All settings of a run, those left out at their defaults."""
        return checked_settings(open_lab(self.lab), {**settings, **self.always}).model_dump()

    def same_data(self, learner: Learner, settings: dict[str, Any]) -> None:
        """Fail, naming other-data, where they change what is measured."""
        values, usual = self.values(settings), self.values({})
        for name in self.fixed:
            if values[name] != usual[name]:
                learner.fail(
                    f"{name} to stay at {usual[name]!r}",
                    mistake="other-data",
                    call="settings()",
                    got=settings,
                )

    def short_enough(self, learner: Learner, settings: dict[str, Any]) -> None:
        """Fail, naming too-much-work, where the lab expects a longer run."""
        lab = open_lab(self.lab)
        expected = lab.cost(checked_settings(lab, {**settings, **self.always})).seconds
        if expected > self.most_seconds:
            learner.fail(
                f"a run of at most {self.most_seconds:g} seconds on two idle laptop cores",
                mistake="too-much-work",
                call="settings()",
                got=settings,
                wrong=f"the lab expects about {expected:.0f} seconds",
            )

    def run(self, learner: Learner, settings: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The metrics of a run with them."""
        return run_lab(learner, self.lab, {**settings, **self.always}, seconds)


def settings_of(learner: Learner, function: str = "settings") -> dict[str, Any]:
    """The settings that the learner's function returns; the check fails where it returns no dict of them."""
    value = learner.call(function)
    call = f"{function}()"
    if not isinstance(value, dict):
        learner.fail("a dict of the lab's settings, such as {'epochs': 5}", call=call, got=value)
    plain = {key: each.value if isinstance(each, Scalar) else each for key, each in value.items()}
    for key, each in plain.items():
        if not isinstance(key, str) or not isinstance(each, (bool, int, float, str)):
            learner.fail("names of settings, each with a number, a text or True/False", call=call, got=value)
    return plain


def run_lab(learner: Learner, lab: str, settings: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """The metrics of a run of the lab; the check fails where the run does, or takes more than `seconds`.

    The run lies among the person's own runs, where its curves can be looked at. Settings that the lab
    does not know fail the check in the lab's own words.
    """
    with tempfile.TemporaryDirectory(prefix="tutor-lab-", ignore_cleanup_errors=True) as stand_in:
        home = learner.lab.home or Path(stand_in)
        try:
            run = local.start(home, lab, settings, device="auto")
        except BadSettings as error:
            learner.fail(f"settings that the lab {lab} takes. {error} {error.help}", call="settings()")
        view = _followed(learner, run, seconds)
    if view.state != "done" or view.result is None:
        why = view.error.message if view.error else view.state
        learner.fail(f"a run that finishes; it ended: {why}", call="settings()", got=dict(settings))
    return dict((view.result or {}).get("metrics", {}))


def _followed(learner: Learner, run: runs.Run, seconds: float) -> RunView:
    """The run at its end; cancelled where the person stops the check or the time is up."""
    began = time.monotonic()
    follower = runs.Follower(run)
    told = ""
    while not follower.ended:
        follower.poll()
        text = _told(follower.view, time.monotonic() - began, seconds)
        if text != told:
            learner.lab.progress(text)
            told = text
        if learner.lab.cancelled.wait(_PAUSE):
            local.cancel(run)
            raise CheckCancelled(
                "The check was stopped, and its run with it.", help="Run it again when you like."
            )
        if time.monotonic() - began > seconds:
            local.cancel(run)
            learner.fail(
                f"a run within {seconds:.0f} seconds; {run.id} was stopped there: make the work smaller",
                call="settings()",
            )
    return follower.view


def _told(view: RunView, passed: float, seconds: float) -> str:
    at = f"{passed:.0f} of at most {seconds:.0f} s"
    progress = view.progress
    if progress is None or not progress.total:
        return f"{view.doing or 'starting'} · {at}"
    return f"{progress.unit} {progress.done} of {progress.total} · {at}"


_PAUSE = 0.25
