"""A vision transformer learns six kinds of scenes from a few hundred pictures, starting from nothing.

Dosovitskiy et al., An Image is Worth 16x16 Words, 2020: a picture is cut into patches, each patch
becomes a token, and the encoder known from BERT does the rest (models/vit.py). Its authors had
millions of pictures. Here there are 600, and a transformer must find out from them alone that
neighbouring patches belong together, so it gets better than chance by far and good by no means:
the course's bar is 50 %. vit-transfer shows what the same pictures are enough for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import model_validator

from tools.engine.lab import Cost, LabConfig, setting

if TYPE_CHECKING:
    from torch import Tensor

    from tools.assets.images import Images
    from tools.engine.report import Report
    from tools.labs.models.picture_training import Training
    from tools.labs.models.vit import ViT

BAR = 0.5  # the accuracy that the course asks for


class Config(LabConfig):
    """What can be set for one training."""

    train_size: int = setting(600, "How many pictures are learned from.", ge=12, le=50_000, unit="pictures")
    test_size: int = setting(
        600, "How many other pictures measure the trained network.", ge=12, le=10_000, unit="pictures"
    )
    validation_size: int = setting(
        200,
        "How many further pictures watch the learning, after every epoch.",
        ge=6,
        le=5_000,
        unit="pictures",
    )
    image_size: int = setting(64, "Height and width of a picture.", ge=16, le=128, unit="pixels")
    patch_size: int = setting(
        8, "Side of the squares a picture is cut into; each becomes a token.", ge=2, le=64, unit="pixels"
    )
    width: int = setting(128, "Numbers in the vector of each token.", ge=8, le=768)
    depth: int = setting(6, "Transformer blocks.", ge=1, le=12, unit="blocks")
    heads: int = setting(4, "Patterns of attention in a block; they share out the width.", ge=1, le=16)
    epochs: int = setting(30, "How many times training sees every picture.", ge=1, le=500, unit="epochs")
    batch_size: int = setting(32, "Pictures behind one step.", ge=1, le=1024, unit="pictures")
    learning_rate: float = setting(
        0.0005, "How far one step moves the weights, at its highest; try 0.05 to see it fail.", ge=1e-6, le=1
    )
    warm_up: float = setting(0.1, "The share of the steps in which the learning rate rises.", ge=0, le=0.9)
    weight_decay: float = setting(0.05, "How strongly weights are pulled towards zero.", ge=0, le=1)
    flip: bool = setting(True, "Whether half of the pictures are mirrored, anew in every epoch.")
    shift: int = setting(
        6, "By how much pictures are moved at random, anew in every epoch.", ge=0, le=64, unit="pixels"
    )

    @model_validator(mode="after")
    def _fits(self) -> Config:
        if self.image_size % self.patch_size:
            raise ValueError(
                f"patches of {self.patch_size} pixels do not divide a picture of {self.image_size}."
            )
        if self.width % self.heads:
            raise ValueError(f"{self.heads} heads cannot share out a width of {self.width} evenly.")
        return self


def cost(config: Config) -> Cost:
    """By measured CPU seconds: painting, then arithmetic; learning takes three times as much as reading."""
    tokens = (config.image_size // config.patch_size) ** 2 + 1
    work = config.depth * tokens * (12 * config.width**2 + 2 * config.width * tokens) / 88_000_000
    pictures = config.train_size + config.validation_size + config.test_size
    read = config.epochs * (config.train_size + config.validation_size / 3) + config.test_size
    seconds = 8 + 0.003 * pictures * (config.image_size / 64) ** 2 + 0.0031 * read * work
    activations = (
        min(config.batch_size, config.train_size) * config.depth * tokens * config.width * 120 / 2**20
    )
    return Cost(seconds=seconds, memory_mb=700 + pictures * config.image_size**2 * 3 / 2**20 + activations)


def run(config: Config, report: Report) -> dict[str, float | int | str]:
    """Train, and measure on pictures that were neither learned from nor watched."""
    from tools.labs.models.picture_training import Recipe, Training
    from tools.labs.models.pictures import outputs, show_outcome, tensors, three_parts
    from tools.labs.models.vit import ViT

    train, validation, test = three_parts(
        report, config.seed, config.image_size, config.train_size, config.validation_size, config.test_size
    )
    model = ViT(
        config.image_size, config.patch_size, config.width, config.depth, config.heads, len(train.label_names)
    )
    weights = sum(weight.numel() for weight in model.parameters())
    report.using_model("vit-from-scratch", "random weights, made here", parameters=weights)
    patches = (config.image_size // config.patch_size) ** 2
    report.log(f"{weights:,} weights read {patches} patches and a class token for each picture.")

    recipe = Recipe(
        epochs=config.epochs,
        batch_size=config.batch_size,
        learning_rate=config.learning_rate,
        warm_up=config.warm_up,
        weight_decay=config.weight_decay,
        flip=config.flip,
        shift=config.shift,
        seed=config.seed,
    )
    training = Training(model, train, validation, recipe, report)
    training.run()

    model.eval()
    pixels = tensors(test, report.device)[0]
    scores = outputs(model, pixels, report, "picture")
    found = show_outcome(report, test, scores)
    show_attention(report, model, test, pixels, scores)
    baseline = show_baselines(report, train, test, found["accuracy"])
    explain(report, training, found["accuracy"], baseline)
    return {
        **found,
        "train_accuracy": training.train_accuracy,
        "val_accuracy": training.val_accuracy,
        "baseline_accuracy": baseline,
        "bar": BAR,
        "parameters": weights,
    }


def show_attention(report: Report, model: ViT, test: Images, pixels: Tensor, scores: Tensor) -> None:
    """Where the class token looks in the last block, for the picture of each class that is read best."""
    import numpy as np
    import torch

    from tools.labs.models.pictures import outputs

    shares = scores.softmax(1).numpy()
    own = shares[np.arange(len(test)), test.labels]  # the probability of the true class
    of_class = np.asarray(test.labels)
    best = [int(np.argmax(np.where(of_class == label, own, -1))) for label in sorted(set(test.labels))]
    looks = outputs(model.class_attention, pixels[torch.tensor(best, device=pixels.device)], report).mean(1)
    side = round(looks.shape[1] ** 0.5)
    looks = looks.reshape(len(best), side, side)  # the mean over heads, laid out as the patches lie
    shown, captions = [], []
    for row, look in zip(best, looks.numpy(), strict=True):
        bright = np.kron(look / look.max(), np.ones((model.patch_size,) * 2))[..., None]
        shown += [test.pixels[row], (test.pixels[row] * (0.25 + 0.75 * bright)).astype(np.uint8)]
        name = test.label_names[test.labels[row]]
        captions += [f"{name} ({own[row]:.0%} sure)", "bright where the class token looks"]
    report.images("attention-pictures", np.stack(shown), captions, "Where the class token looks, last block")
    first = test.label_names[test.labels[best[0]]]
    labels = [str(number + 1) for number in range(side)]
    report.heatmap(
        "attention",
        labels,
        labels,
        looks[0].tolist(),
        f"The class token's look at a picture of {first}",
        low=0,
    )


def show_baselines(report: Report, train: Images, test: Images, accuracy: float) -> float:
    """What can be had without seeing shapes; the best of it."""
    from tools.labs.models.pictures import colour_baselines

    found = colour_baselines(train, test)
    rows: list[list[str | int | float]] = [
        [name, round(value, 3)] for name, value in [*found.items(), ("this vision transformer", accuracy)]
    ]
    report.table("baselines", ["method", "test accuracy"], rows, "The same pictures, read in simpler ways")
    return max(found.values())


def explain(report: Report, training: Training, accuracy: float, baseline: float) -> None:
    """The run's own figures in words."""
    commonest = float(training.labels.bincount().max()) / len(training.labels)
    reached = "reaches" if accuracy >= BAR else "does not reach"
    gap = training.train_accuracy - accuracy
    if training.train_accuracy < commonest + 0.05:
        state = (
            f"Even on the pictures it learned from it gets only {training.train_accuracy:.0%}, hardly more "
            f"than guessing one class ({commonest:.0%}): the learning rate does not suit it, or the steps "
            f"are too few."
        )
    elif gap > 0.05:
        state = (
            f"It knows the pictures it learned from better ({training.train_accuracy:.0%}), a gap of "
            f"{100 * gap:.0f} points: it overfits, as the pictures are few for so free a model."
        )
    else:
        state = (
            f"On the pictures it learned from it gets {training.train_accuracy:.0%}: it does not overfit "
            f"yet and may gain from more epochs."
        )
    report.text(
        "reading",
        f"{accuracy:.0%} on new pictures {reached} the course's bar of {BAR:.0%}. The best of the simpler "
        f"methods, which see no shapes, gets {baseline:.0%}. {state}",
        "What the figures say",
    )
