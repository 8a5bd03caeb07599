"""Checks of lora-layer: no change at first, two matrices that train, the scale, and an exact merge."""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.exercises.checking import Checks, Handle, Learner
from tools.exercises.comparing import as_array, close, kind

Array = np.ndarray[Any, Any]
checks = Checks()
RANK, ALPHA = 4, 10.0  # no whole number of times the rank
CALL = f"LoRALinear(linear, rank={RANK}, alpha={ALPHA:g})"


@checks.check("it begins with the output of the original layer")
def begins(learner: Learner, random: np.random.Generator) -> None:
    for bias in (True, False):
        case = Case(learner, random, bias)
        zeros = any(not np.any(each) for each in case.trainable())
        for shape in ((4, case.n_in), (2, 3, case.n_in)):
            x = random.normal(size=shape).astype(np.float32)
            learner.compare(
                learner.stage("run", case.layer, x),
                case.original(x),
                words="the output of the original layer, as the change is still zero",
                call=f"{CALL}(x) for x of shape {shape}",
                tolerance=1e-4,
                mistake="" if zeros else "random-start",
            )


@checks.check("only the two matrices train")
def two_matrices(learner: Learner, random: np.random.Generator) -> None:
    case = Case(learner, random, True)
    found = case.trainable()
    shapes = sorted(tuple(sorted(each.shape)) for each in found)
    wanted = sorted([tuple(sorted((RANK, case.n_in))), tuple(sorted((RANK, case.n_out)))])
    if shapes != wanted:
        originals = [case.weight, case.weight.T, case.bias]
        learner.fail(
            f"two trainable parameters, [{RANK}, {case.n_in}] and [{case.n_out}, {RANK}]",
            call=CALL,
            got=[list(each.shape) for each in found],
            mistake="base-trains" if any(close(each, old) for each in found for old in originals) else "",
        )


@checks.check("it learns, and the original weights stay")
def learns(learner: Learner, random: np.random.Generator) -> None:
    case = Case(learner, random, True)
    before = case.trainable()
    case.train(random)
    if all(close(new, old) for new, old in zip(case.trainable(), before, strict=True)):
        learner.fail(
            "matrices that change when the layer is trained",
            call=f"{CALL}, trained for a few steps",
            mistake="both-zero" if all(not np.any(each) for each in before) else "",
        )
    learner.compare(
        learner.stage("run", case.linear, case.x),
        case.original(case.x),
        words="the original layer unchanged by the training of the LoRA layer",
        call="linear(x) after training",
        tolerance=1e-4,
        mistake="base-trains",
    )


@checks.check("the change is scaled by alpha / rank")
def scaled(learner: Learner, random: np.random.Generator) -> None:
    case = Case(learner, random, True)
    case.train(random)
    change = case.change()
    value = learner.stage("run", case.layer, case.x)
    wrong = {
        "no-scale": case.original(case.x) + case.x @ change.T,
        "scale-inverted": case.original(case.x) + RANK / ALPHA * (case.x @ change.T),
    }
    learner.compare(
        value,
        case.original(case.x) + ALPHA / RANK * (case.x @ change.T),
        words="the original output and alpha / rank times what the two matrices add",
        call=f"{CALL}(x) after training",
        tolerance=1e-3,
        mistake=next((name for name, each in wrong.items() if close(value, each, 1e-3)), ""),
    )


@checks.check("merge gives one plain linear layer that computes the same")
def merges(learner: Learner, random: np.random.Generator) -> None:
    for bias in (True, False):
        case = Case(learner, random, bias)
        case.train(random)
        found = learner.stage("merged", case.layer)
        name, weight, merged_bias = (
            found if isinstance(found, tuple) and len(found) == 3 else ("", None, None)
        )
        if name != "Linear":
            learner.fail("a torch.nn.Linear", call="layer.merge()", got=found)
        if bias and merged_bias is None:
            learner.fail(
                "the original bias", call="layer.merge().bias", got=None, mistake="merge-forgets-bias"
            )
        change = case.change()
        learner.compare(
            weight,
            case.weight + ALPHA / RANK * change,
            words="the original weights and alpha / rank times the product of the two matrices",
            call="layer.merge().weight",
            tolerance=1e-3,
            mistake="merge-forgets-scale" if close(weight, case.weight + change, 1e-3) else "",
        )
        if bias:
            learner.compare(
                merged_bias,
                case.bias,
                words="the original bias",
                call="layer.merge().bias",
                tolerance=1e-5,
                mistake="merge-forgets-bias",
            )


class Case:
    """One LoRA layer over a random linear layer, whose sizes are all different."""

    def __init__(self, learner: Learner, random: np.random.Generator, bias: bool) -> None:
        self.learner = learner
        self.n_in, self.n_out = int(random.integers(6, 9)), int(random.integers(10, 14))
        self.weight = random.normal(size=(self.n_out, self.n_in)).astype(np.float32)
        self.bias = random.normal(size=self.n_out).astype(np.float32) if bias else None
        self.linear = learner.stage("make_linear", self.weight, self.bias)
        self.layer = learner.call("LoRALinear", self.linear, RANK, ALPHA)
        self.x = random.normal(size=(5, self.n_in)).astype(np.float32)
        if not isinstance(self.layer, Handle):
            learner.fail("a torch module", call=CALL, got=self.layer)

    def original(self, x: Array) -> Array:
        """What the original layer computes."""
        return x @ self.weight.T + (0.0 if self.bias is None else self.bias)

    def trainable(self) -> list[Array]:
        """The layer's trainable parameters."""
        found = self.learner.stage("trainable", self.layer)
        arrays = [as_array(each) for each in found] if isinstance(found, list) else []
        return [each for each in arrays if each is not None]

    def train(self, random: np.random.Generator) -> None:
        """A few steps towards random targets."""
        y = random.normal(size=(5, self.n_out)).astype(np.float32)
        self.learner.stage("train", self.layer, self.x, y, 12)

    def change(self) -> Array:
        """The product of the two matrices as [out, in], whichever way round each is stored."""
        found = self.trainable()
        first = next((each for each in found if sorted(each.shape) == sorted((RANK, self.n_in))), None)
        second = next((each for each in found if sorted(each.shape) == sorted((RANK, self.n_out))), None)
        if first is None or second is None or len(found) != 2:
            self.learner.fail(
                f"two trainable parameters, [{RANK}, {self.n_in}] and [{self.n_out}, {RANK}]",
                call=CALL,
                got=[kind(each) for each in found],
            )
        a = first if first.shape[0] == RANK else first.T
        b = second if second.shape[1] == RANK else second.T
        return b @ a
