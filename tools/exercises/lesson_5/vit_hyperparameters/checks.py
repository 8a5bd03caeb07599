"""Checks of vit-hyperparameters: the settings first, without training; then one run of the lab."""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.exercises.checking import Checks, Learner
from tools.exercises.lab_checks import LabSettings

LAB = LabSettings("vit-from-scratch", fixed=("test_size",), most_seconds=150)
BAR = 0.5
BUDGET = 300
checks = Checks()


@checks.check("settings() names settings of the lab, with values that they take")
def known(learner: Learner, random: np.random.Generator) -> None:
    LAB.known(learner)


@checks.check("the test pictures stay as they are")
def same_data(learner: Learner, random: np.random.Generator) -> None:
    LAB.same_data(learner, LAB.held(learner))


@checks.check(f"the lab expects the run to take at most {LAB.most_seconds} seconds")
def short_enough(learner: Learner, random: np.random.Generator) -> None:
    LAB.short_enough(learner, LAB.held(learner, LAB.same_data))


@checks.check(f"the network gets at least {BAR:.0%} of the test pictures right")
def reaches(learner: Learner, random: np.random.Generator) -> None:
    settings = LAB.held(learner, LAB.same_data, LAB.short_enough)
    found = LAB.run(learner, settings, BUDGET)
    accuracy, learned = float(found["accuracy"]), float(found["train_accuracy"])
    if accuracy < BAR:
        learner.fail(
            f"at least {BAR:.0%} of the test pictures right",
            mistake=_mistake(LAB.values(settings), learned),
            call="settings()",
            got=settings,
            wrong=f"trained with them, the network gets {accuracy:.1%} of the test pictures right, and "
            f"{learned:.1%} of those that it learns from",
        )


def _mistake(values: dict[str, Any], learned: float) -> str:
    """What kept the network from learning, by its accuracy on the pictures that it learns from."""
    if learned < _GUESSING and values["learning_rate"] >= 0.005:
        return "rate-too-high"
    if learned < _GUESSING and values["learning_rate"] <= 0.00005:
        return "rate-too-low"
    steps = values["epochs"] * values["train_size"] / values["batch_size"]
    return "too-few-steps" if learned < BAR and steps < _FEW_STEPS else ""


_GUESSING = 0.3
"""Accuracy that is little more than guessing one of six classes."""
_FEW_STEPS = 300
