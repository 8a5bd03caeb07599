"""The training loop of the labs on pictures: batches, loss, gradients, AdamW, and a look up every epoch."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import clip_grad_norm_

from tools.assets.images import Images
from tools.engine.memory import MicroBatches
from tools.labs.models.pictures import accuracy, augmented, outputs, scaled, tensors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.engine.report import Report


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train, whatever the network."""

    epochs: int
    batch_size: int
    learning_rate: float  # at its highest
    warm_up: float  # share of the steps in which the learning rate rises
    weight_decay: float
    flip: bool
    shift: int  # pixels
    seed: int


class Training:
    """One training, and how far it has come.

    The order of the pictures and their augmentation follow from (seed, epoch, batch) alone, so a
    training that goes on from a checkpoint ends where an uninterrupted one does. `control` is a
    training for comparison: its curves go under names of their own and it is not checkpointed.
    """

    def __init__(
        self,
        model: nn.Module,
        train: Images,
        validation: Images,
        recipe: Recipe,
        report: Report,
        control: str = "",
    ) -> None:
        """Put everything on the device, and go on from the run's checkpoint if there is one."""
        self.model = model.to(report.device)
        self.recipe, self.report, self.control = recipe, report, control
        self.pixels, self.labels = tensors(train, report.device)
        self.watched, self.watched_labels = tensors(validation, report.device)[0], validation.labels
        self.learned = [weight for weight in model.parameters() if weight.requires_grad]
        self.optimizer = torch.optim.AdamW(
            self.learned, lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=True
        )
        self.parts = MicroBatches(recipe.batch_size + 1, report)  # one more for a picture left over
        # In an epoch. A picture left over alone joins the last batch: batch norm cannot learn from one.
        self.batches = max(1, math.ceil((len(train) - 1) / recipe.batch_size))
        self.steps = recipe.epochs * self.batches
        self.step = 0
        self.right = torch.zeros(len(train), dtype=torch.bool, device=report.device)  # when last seen
        self.seconds = 0.0  # of training alone
        self.val_accuracy = self.train_accuracy = 0.0
        saved = None if control else report.restored()
        if saved is not None:
            model.load_state_dict(saved["model"])
            self.optimizer.load_state_dict(saved["optimizer"])
            for name in _COUNTS:
                setattr(self, name, saved[name])
            self.right = self.right.to(report.device)

    def run(self) -> None:
        """All the steps that are still to come."""
        while self.step < self.steps:
            epoch, batch = divmod(self.step, self.batches)
            self.one_step(epoch, batch)
            if batch == self.batches - 1:
                self.look_up()
            if not self.control:
                self.report.checkpoint(self.step, self.state, force=self.step == self.steps)
        if self.seconds:
            rate = self.recipe.epochs * len(self.labels) / self.seconds
            self.report.log(f"{self.step} steps in {self.seconds:.0f} s: {rate:.0f} pictures a second.")

    def one_step(self, epoch: int, batch: int) -> None:
        """Cut a batch, augment it, and move the weights against the gradient of its loss."""
        began = time.perf_counter()
        recipe, size = self.recipe, self.recipe.batch_size
        order = torch.randperm(len(self.labels), generator=_chance(recipe.seed, epoch, 0))
        end = len(order) if batch == self.batches - 1 else (batch + 1) * size
        rows = order[batch * size : end].to(self.pixels.device)
        pixels = augmented(
            self.pixels[rows], recipe.flip, recipe.shift, _chance(recipe.seed, epoch, batch + 1)
        )
        labels = self.labels[rows]

        def loss_of(part: Sequence[int]) -> Tensor:
            chosen = torch.as_tensor(part, device=pixels.device)
            with self.report.autocast():
                scores = self.model(scaled(pixels[chosen]))
            self.right[rows[chosen]] = scores.argmax(1) == labels[chosen]
            return F.cross_entropy(scores.float(), labels[chosen])

        rate = recipe.learning_rate * schedule(self.step / self.steps, recipe.warm_up)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.model.train()
        loss = self.parts.step(range(len(rows)), loss_of, self.optimizer)
        norm = clip_grad_norm_(self.learned, max_norm=1.0)
        self.optimizer.step()
        self.step += 1
        self.seconds += time.perf_counter() - began
        self.report.progress(self.step, self.steps)
        if self.step % max(1, self.steps // 150) == 0:
            self._metric(loss=float(loss), learning_rate=rate, gradient_norm=float(norm))

    def look_up(self) -> None:
        """After an epoch: accuracy on what was learned from, and on what was not."""
        self.train_accuracy = float(self.right.float().mean())
        self.model.eval()
        scores = outputs(self.model, self.watched, self.report)
        loss = float(F.cross_entropy(scores, torch.tensor(self.watched_labels)))
        self.val_accuracy = accuracy(scores, self.watched_labels)
        self._metric(accuracy=self.train_accuracy, val_accuracy=self.val_accuracy, val_loss=loss)

    def state(self) -> dict[str, Any]:
        """All that is needed to go on from here."""
        counts = {name: getattr(self, name) for name in _COUNTS}
        return {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict(), **counts}

    def _metric(self, **values: float) -> None:
        named = {f"{self.control}_{name}" if self.control else name: value for name, value in values.items()}
        self.report.metric(self.step, **named)


def schedule(done: float, warm_up: float) -> float:
    """The learning rate's share of its highest value: a rise over `warm_up`, then half a cosine to 0."""
    if done < warm_up:
        return (done + 1e-3) / (warm_up + 1e-3)
    return 0.5 + 0.5 * math.cos(math.pi * (done - warm_up) / (1 - warm_up))


def _chance(*numbers: int) -> torch.Generator:
    """A generator of its own for these numbers, the same in every process."""
    seed = 0
    for number in numbers:
        seed = (seed * 1_000_003 + number + 1) % 2**63
    return torch.Generator().manual_seed(seed)


_COUNTS = ("step", "right", "seconds", "val_accuracy", "train_accuracy")
