"""Checks of finetune-bert: the settings first, without training; then one run of the lab."""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.exercises.checking import Checks, Learner
from tools.exercises.lab_checks import LabSettings

LAB = LabSettings("finetune-bert", fixed=("model", "dataset", "test_size"), most_seconds=180)
BAR = 0.76
BUDGET = 300
checks = Checks()


@checks.check("settings() names settings of the lab, with values that they take")
def known(learner: Learner, random: np.random.Generator) -> None:
    LAB.known(learner)


@checks.check("the model and the test reviews stay as they are")
def same_data(learner: Learner, random: np.random.Generator) -> None:
    LAB.same_data(learner, LAB.held(learner))


@checks.check(f"the lab expects the run to take at most {LAB.most_seconds} seconds")
def short_enough(learner: Learner, random: np.random.Generator) -> None:
    LAB.short_enough(learner, LAB.held(learner, LAB.same_data))


@checks.check(f"the tuned model gets at least {BAR:.0%} of the test reviews right")
def reaches(learner: Learner, random: np.random.Generator) -> None:
    settings = LAB.held(learner, LAB.same_data, LAB.short_enough)
    found = LAB.run(learner, settings, BUDGET)
    accuracy, linear = float(found["accuracy"]), float(found["linear_accuracy"])
    if accuracy < BAR:
        learner.fail(
            f"at least {BAR:.0%} of the test reviews right",
            mistake=_mistake(LAB.values(settings), accuracy - float(found["majority_accuracy"])),
            call="settings()",
            got=settings,
            wrong=f"tuned with them, the model gets {accuracy:.1%} of the test reviews right; the linear "
            f"classifier, learning from the same reviews, gets {linear:.1%}",
        )


def _mistake(values: dict[str, Any], lead: float) -> str:
    """What kept the model from the goal; `lead` is how much better it is than always the commoner class."""
    if values["learning_rate"] >= 0.001 and lead < _HARDLY:
        return "rate-too-high"
    if values["learning_rate"] <= 0.000005:
        return "rate-too-low"
    if values["frozen_layers"] >= _LAYERS:
        return "all-frozen"
    return "too-few-reviews" if values["train_size"] < _FEW_REVIEWS else ""


_HARDLY = 0.05
_LAYERS = 6
_FEW_REVIEWS = 2000
