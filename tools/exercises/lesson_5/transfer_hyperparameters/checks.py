"""Checks of transfer-hyperparameters: the settings first, without training; then one run of the lab."""

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

LAB = "vit-transfer"
BAR = 0.9
MOST_EPOCHS = 5
BONUS_EPOCHS = 2
BUDGET = 300
MOST_EXPECTED = 120
"""Seconds that the lab may expect a run to take, on two idle laptop cores."""
FREE = (
    "frozen_layers",
    "image_size",
    "epochs",
    "batch_size",
    "learning_rate",
    "warm_up",
    "weight_decay",
    "flip",
    "shift",
)
ALONE = {"compare": False}
"""Leaves out the comparison with the same network from random weights, which takes as long again."""
Rule = Callable[[Learner, dict[str, Any]], None]
checks = Checks()


@checks.check("settings() names settings of the lab, with values that they take")
def known(learner: Learner, random: np.random.Generator) -> None:
    _known(learner)


@checks.check("the network, the pictures and the seed stay as they are")
def same_data(learner: Learner, random: np.random.Generator) -> None:
    _same_data(learner, _held(learner))


@checks.check(f"there are at most {MOST_EPOCHS} epochs")
def few_epochs(learner: Learner, random: np.random.Generator) -> None:
    _few_epochs(learner, _held(learner))


@checks.check(f"the lab expects the run to take at most {MOST_EXPECTED} seconds")
def short_enough(learner: Learner, random: np.random.Generator) -> None:
    _short_enough(learner, _held(learner, _same_data))


@checks.check(f"the network gets at least {BAR:.0%} of the test pictures right")
def reaches(learner: Learner, random: np.random.Generator) -> None:
    settings = _held(learner, _same_data, _few_epochs, _short_enough)
    found = run_lab(learner, LAB, {**settings, **ALONE}, BUDGET)
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
    epochs = checked_settings(open_lab(LAB), settings).model_dump()["epochs"]
    if epochs <= BONUS_EPOCHS:
        learner.lab.progress(f"{accuracy:.1%} with epochs = {epochs}: the bonus goal is reached as well")


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
        if name not in (*FREE, "compare") and getattr(config, name) != getattr(usual, name):
            learner.fail(
                f"{name} to stay at {getattr(usual, name)!r}; you may set {', '.join(FREE)}",
                mistake="other-data",
                call="settings()",
                got=settings,
            )


def _few_epochs(learner: Learner, settings: dict[str, Any]) -> None:
    """Fail unless their epochs are few enough."""
    epochs = checked_settings(open_lab(LAB), settings).model_dump()["epochs"]
    if epochs > MOST_EPOCHS:
        learner.fail(
            f"at most {MOST_EPOCHS} epochs",
            mistake="too-many-epochs",
            call="settings()",
            got=settings,
            wrong=f"epochs is {epochs}",
        )


def _short_enough(learner: Learner, settings: dict[str, Any]) -> None:
    """Fail unless the lab expects a run in time."""
    lab = open_lab(LAB)
    expected = lab.cost(checked_settings(lab, {**settings, **ALONE})).seconds
    if expected > MOST_EXPECTED:
        learner.fail(
            f"a run of at most {MOST_EXPECTED} seconds on two idle laptop cores",
            mistake="too-much-work",
            call="settings()",
            got=settings,
            wrong=f"the lab expects about {expected:.0f} seconds",
        )


def _mistake(settings: dict[str, Any], learned: float) -> str:
    """What kept the network from the goal, by its accuracy on the pictures that it learns from."""
    rate = checked_settings(open_lab(LAB), settings).model_dump()["learning_rate"]
    if learned < BAR and rate >= 0.01:
        return "rate-too-high"
    return "rate-too-low" if learned < BAR and rate <= 0.00003 else ""
