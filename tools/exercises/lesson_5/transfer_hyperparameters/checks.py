"""Checks of transfer-hyperparameters: the settings first, without training; then one run of the lab."""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.exercises.checking import Checks, Learner
from tools.exercises.lab_checks import LabSettings

# Without the comparison with the same network from random weights, which takes as long again.
LAB = LabSettings("vit-transfer", fixed=("model", "test_size"), most_seconds=120, always={"compare": False})
BAR = 0.9
MOST_EPOCHS = 5
BONUS_EPOCHS = 2
BUDGET = 300
checks = Checks()


@checks.check("settings() names settings of the lab, with values that they take")
def known(learner: Learner, random: np.random.Generator) -> None:
    LAB.known(learner)


@checks.check("the network and the test pictures stay as they are")
def same_data(learner: Learner, random: np.random.Generator) -> None:
    LAB.same_data(learner, LAB.held(learner))


@checks.check(f"there are at most {MOST_EPOCHS} epochs")
def few_epochs(learner: Learner, random: np.random.Generator) -> None:
    _few_epochs(learner, LAB.held(learner))


@checks.check(f"the lab expects the run to take at most {LAB.most_seconds} seconds")
def short_enough(learner: Learner, random: np.random.Generator) -> None:
    LAB.short_enough(learner, LAB.held(learner, LAB.same_data))


@checks.check(f"the network gets at least {BAR:.0%} of the test pictures right")
def reaches(learner: Learner, random: np.random.Generator) -> None:
    settings = LAB.held(learner, LAB.same_data, _few_epochs, LAB.short_enough)
    found = LAB.run(learner, settings, BUDGET)
    accuracy, learned = float(found["accuracy"]), float(found["train_accuracy"])
    values = LAB.values(settings)
    if accuracy < BAR:
        learner.fail(
            f"at least {BAR:.0%} of the test pictures right",
            mistake=_mistake(values, learned),
            call="settings()",
            got=settings,
            wrong=f"trained with them, the network gets {accuracy:.1%} of the test pictures right, and "
            f"{learned:.1%} of those that it learns from",
        )
    if values["epochs"] <= BONUS_EPOCHS:
        learner.remark(f"{accuracy:.1%} with epochs = {values['epochs']}: the bonus is yours as well.")


def _few_epochs(learner: Learner, settings: dict[str, Any]) -> None:
    """Fail unless their epochs are few enough."""
    epochs = LAB.values(settings)["epochs"]
    if epochs > MOST_EPOCHS:
        learner.fail(
            f"at most {MOST_EPOCHS} epochs",
            mistake="too-many-epochs",
            call="settings()",
            got=settings,
            wrong=f"epochs is {epochs}",
        )


def _mistake(values: dict[str, Any], learned: float) -> str:
    """What kept the network from the goal, by its accuracy on the pictures that it learns from."""
    rate = values["learning_rate"]
    if learned < BAR and rate >= 0.01:
        return "rate-too-high"
    return "rate-too-low" if learned < BAR and rate <= 0.00003 else ""
