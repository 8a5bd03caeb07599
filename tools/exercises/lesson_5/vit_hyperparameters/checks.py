"""Checks of vit-hyperparameters: the settings first, without training; then one run of the lab."""

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

LAB = "vit-from-scratch"
BAR = 0.5
BUDGET = 300
MOST_EXPECTED = 150
"""Seconds that the lab may expect a run to take, on two idle laptop cores."""
FREE = (
    "image_size",
    "patch_size",
    "width",
    "depth",
    "heads",
    "epochs",
    "batch_size",
    "learning_rate",
    "warm_up",
    "weight_decay",
    "flip",
    "shift",
)
Rule = Callable[[Learner, dict[str, Any]], None]
checks = Checks()


@checks.check("settings() names settings of the lab, with values that they take")
def known(learner: Learner, random: np.random.Generator) -> None:
    _known(learner)


@checks.check("the pictures and the seed stay as they are")
def same_data(learner: Learner, random: np.random.Generator) -> None:
    _same_data(learner, _held(learner))


@checks.check(f"the lab expects the run to take at most {MOST_EXPECTED} seconds")
def short_enough(learner: Learner, random: np.random.Generator) -> None:
    _short_enough(learner, _held(learner, _same_data))


@checks.check(f"the network gets at least {BAR:.0%} of the test pictures right")
def reaches(learner: Learner, random: np.random.Generator) -> None:
    settings = _held(learner, _same_data, _short_enough)
    found = run_lab(learner, LAB, settings, BUDGET)
    accuracy, learned = float(found["accuracy"]), float(found["train_accuracy"])
    if accuracy < BAR:
        learner.fail(
            f"at least {BAR:.0%} of the test pictures right",
            mistake=_mistake(settings, learned),
            call="settings()",
            got=settings,
            wrong=f"trained with them, the network gets {accuracy:.1%} of the test pictures right, and "
            f"{learned:.1%} of those that it learns from",
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


def _mistake(settings: dict[str, Any], learned: float) -> str:
    """What kept the network from learning, by its accuracy on the pictures that it learns from."""
    config: Any = checked_settings(open_lab(LAB), settings)
    if learned < _GUESSING and config.learning_rate >= 0.005:
        return "rate-too-high"
    if learned < _GUESSING and config.learning_rate <= 0.00005:
        return "rate-too-low"
    steps = config.epochs * config.train_size / config.batch_size
    return "too-few-steps" if learned < BAR and steps < _FEW_STEPS else ""


_GUESSING = 0.3
"""Accuracy that is little more than guessing one of six classes."""
_FEW_STEPS = 300
