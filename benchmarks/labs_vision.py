"""vit-from-scratch against the lesson's own recipe: the same pictures, network, epochs and machine.

The recipe is that of lesson 5: transformers' ViTForImageClassification and Trainer in float32, the
default loader, and ViTImageProcessor on every picture whenever it is read. `python
benchmarks/labs_vision.py` takes about 5 minutes on two idle cores, `--quick` about one; both
trainings run in one process, one after the other, and the ratio of their times is printed.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from typing import Any

import torch

from tools.assets.images import Images
from tools.assets.scenes import paint
from tools.engine import devices
from tools.labs.models.picture_training import Recipe, Training
from tools.labs.models.pictures import TEST_SEED, VALIDATION_SEED, accuracy, outputs, tensors
from tools.labs.models.vit import ViT
from tools.labs.vit_from_scratch import Config


class Quiet:
    """A report that writes nothing down: the trainings are timed, not the engine."""

    device = torch.device("cpu")

    def autocast(self) -> Any:
        return devices.autocast(self.device)

    def restored(self) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: None


def run(quick: bool = False, seeds: int = 3) -> dict[str, float]:
    """Train both, print times and accuracies, and return them; seconds of training alone, without tests."""
    config = Config(epochs=4) if quick else Config()
    train, test = paint(config.train_size, 0), paint(600, TEST_SEED)
    torch.set_num_threads(devices.thread_count())
    runs = 1 if quick else seeds
    found: dict[str, list[float]] = {"ours": [], "ours_accuracy": [], "recipe": [], "recipe_accuracy": []}
    for seed in range(runs):
        for name, timed in (("ours", ours), ("recipe", recipe)):
            seconds, share = timed(config, train, test, seed)
            found[name].append(seconds)
            found[f"{name}_accuracy"].append(share)
            print(f"seed {seed}  {name:7s} {seconds:6.1f} s  accuracy {share:.3f}", flush=True)
    mean = {name: sum(values) / runs for name, values in found.items()}
    mean["times_faster"] = mean["recipe"] / mean["ours"]
    print(
        f"{config.train_size} pictures, {config.epochs} epochs, {runs} seed(s), {torch.get_num_threads()} "
        f"threads: {mean['times_faster']:.2f} times faster than the lesson's recipe; accuracy "
        f"{mean['ours_accuracy']:.3f} against {mean['recipe_accuracy']:.3f}"
    )
    return mean


def ours(config: Config, train: Images, test: Images, seed: int) -> tuple[float, float]:
    """The lab's training; seconds and test accuracy."""
    devices.seed_everything(seed)
    report: Any = Quiet()
    model = ViT(config.image_size, config.patch_size, config.width, config.depth, config.heads, 6)
    how = Recipe(
        epochs=config.epochs,
        batch_size=config.batch_size,
        learning_rate=config.learning_rate,
        warm_up=config.warm_up,
        weight_decay=config.weight_decay,
        flip=config.flip,
        shift=config.shift,
        seed=seed,
    )
    training = Training(model, train, paint(6, VALIDATION_SEED), how, report)
    began = time.perf_counter()
    training.run()
    seconds = time.perf_counter() - began
    return seconds, accuracy(outputs(model.eval(), tensors(test, report.device)[0], report), test.labels)


def recipe(config: Config, train: Images, test: Images, seed: int) -> tuple[float, float]:
    """The lesson's training with the same sizes and settings; seconds and test accuracy."""
    from transformers import (
        Trainer,
        TrainingArguments,
        ViTConfig,
        ViTForImageClassification,
        ViTImageProcessor,
    )

    devices.seed_everything(seed)
    size = {"height": config.image_size, "width": config.image_size}
    processor = ViTImageProcessor(size=size, image_mean=[0.5] * 3, image_std=[0.5] * 3)
    shape = ViTConfig(
        image_size=config.image_size,
        patch_size=config.patch_size,
        hidden_size=config.width,
        num_hidden_layers=config.depth,
        num_attention_heads=config.heads,
        intermediate_size=4 * config.width,
        num_labels=6,
    )

    def transform(batch: dict[str, Any]) -> dict[str, Any]:
        inputs = processor([image.convert("RGB") for image in batch["image"]], return_tensors="pt")
        return {**inputs, "labels": batch["label"]}

    data = {
        name: as_dataset(part).with_transform(transform) for name, part in (("train", train), ("test", test))
    }
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder,
            per_device_train_batch_size=config.batch_size,
            per_device_eval_batch_size=100,
            num_train_epochs=config.epochs,
            learning_rate=config.learning_rate,
            weight_decay=config.weight_decay,
            warmup_steps=config.warm_up,
            lr_scheduler_type="cosine",
            remove_unused_columns=False,
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
            logging_strategy="no",
            use_cpu=True,
            seed=seed,
        )
        trainer = Trainer(model=ViTForImageClassification(shape), args=arguments, train_dataset=data["train"])
        began = time.perf_counter()
        trainer.train()
        seconds = time.perf_counter() - began
        scores = torch.from_numpy(trainer.predict(data["test"]).predictions)
    return seconds, accuracy(scores, test.labels)


def as_dataset(images: Images) -> Any:
    """Pictures as the lesson loads them: a data set of encoded pictures, decoded whenever they are read."""
    from datasets import ClassLabel, Dataset, Features, Image
    from PIL import Image as pillow

    features = Features({"image": Image(), "label": ClassLabel(names=images.label_names)})
    rows = {"image": [pillow.fromarray(one) for one in images.pixels], "label": images.labels}
    return Dataset.from_dict(rows, features=features)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="4 epochs and one seed")
    run(parser.parse_args().quick)
