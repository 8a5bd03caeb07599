"""Checks of finetune-bert: the settings first, without training; then one run of the lab."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tools.checker import NOT_RUN
from tools.engine.settings import checked_settings
from tools.errors import BadSettings
from tools.exercises.checking import CheckFailed, Checks, Learner
from tools.exercises.lab_checks import run_lab, settings_of
from tools.labs import open_lab

LAB = "finetune-bert"
BAR = 0.76
BUDGET = 300
MOST_EXPECTED = 180
"""Seconds that the lab may expect a run to take, on two idle laptop cores."""
FREE = (
    "train_size",
    "epochs",
    "batch_size",
    "learning_rate",
    "warm_up",
    "weight_decay",
    "frozen_layers",
    "attention_dropout",
    "max_length",
)
Rule = Callable[[Learner, dict[str, Any]], None]
checks = Checks()


@checks.check("settings() names settings of the lab, with values that they take")
def known(learner: Learner, random: np.random.Generator) -> None:
    _known(learner)


@checks.check("the model, the test reviews and the seed stay as they are")
def same_data(learner: Learner, random: np.random.Generator) -> None:
    _same_data(learner, _held(learner))


@checks.check(f"the lab expects the run to take at most {MOST_EXPECTED} seconds")
def short_enough(learner: Learner, random: np.random.Generator) -> None:
    _short_enough(learner, _held(learner, _same_data))


@checks.check(f"the tuned model gets at least {BAR:.0%} of the test reviews right")
def reaches(learner: Learner, random: np.random.Generator) -> None:
    settings = _held(learner, _same_data, _short_enough)
    found = run_lab(learner, LAB, settings, BUDGET)
    accuracy, linear = float(found["accuracy"]), float(found["linear_accuracy"])
    if accuracy < BAR:
        learner.fail(
            f"at least {BAR:.0%} of the test reviews right",
            mistake=_mistake(settings, accuracy - float(found["majority_accuracy"])),
            call="settings()",
            got=settings,
            wrong=f"tuned with them, the model gets {accuracy:.1%} of the test reviews right; the linear "
            f"classifier, learning from the same reviews, gets {linear:.1%}",
        )


def _held(learner: Learner, *rules: Rule) -> dict[str, Any]:
    """The settings, where what the earlier checks ask of them holds; else this check is not run."""
    try:
        settings = _known(learner)
        for rule in rules:
            rule(learner, settings)
    except CheckFailed:
        raise CheckFailed(NOT_RUN) from None
    return settings


def _known(learner: Learner) -> dict[str, Any]:
    """The settings, where the lab takes them."""
    settings = settings_of(learner)
    lab = open_lab(LAB)
    try:
        checked_settings(lab, settings)
    except BadSettings as error:
        strange = set(settings) - set(lab.config.model_fields)
        learner.fail(
            f"settings that the lab {LAB} takes. {error} {error.help}",
            mistake="other-names" if strange else "",
            call="settings()",
            got=settings,
        )
    return settings


def _same_data(learner: Learner, settings: dict[str, Any]) -> None:
    """Fail unless they leave alone what is measured."""
    config, usual = checked_settings(open_lab(LAB), settings), checked_settings(open_lab(LAB), {})
    for name in settings:
        if name not in FREE and getattr(config, name) != getattr(usual, name):
            learner.fail(
                f"{name} to stay at {getattr(usual, name)!r}; you may set {', '.join(FREE)}",
                mistake="other-data",
                call="settings()",
                got=settings,
            )


def _short_enough(learner: Learner, settings: dict[str, Any]) -> None:
    """Fail unless the lab expects a run in time."""
    lab = open_lab(LAB)
    expected = lab.cost(checked_settings(lab, settings)).seconds
    if expected > MOST_EXPECTED:
        learner.fail(
            f"a run of at most {MOST_EXPECTED} seconds on two idle laptop cores",
            mistake="too-much-work",
            call="settings()",
            got=settings,
            wrong=f"the lab expects about {expected:.0f} seconds",
        )


def _mistake(settings: dict[str, Any], lead: float) -> str:
    """What kept the model from the goal; `lead` is how much better it is than always the commoner class."""
    config: Any = checked_settings(open_lab(LAB), settings)
    if config.learning_rate >= 0.001 and lead < _HARDLY:
        return "rate-too-high"
    if config.learning_rate <= 0.000005:
        return "rate-too-low"
    if config.frozen_layers >= _LAYERS:
        return "all-frozen"
    return "too-few-reviews" if config.train_size < _FEW_REVIEWS else ""


_HARDLY = 0.05
_LAYERS = 6
_FEW_REVIEWS = 2000
