"""Pictures on their way into a network and out again: parts, augmentation, figures, things to look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from tools.assets.images import Images
from tools.errors import BadData

if TYPE_CHECKING:
    from tools.engine.report import Report

# The scenes for validation and for testing are the same in every run, so that runs can be compared;
# no run's training scenes can be among them, as its seed is below 2**31.
VALIDATION_SEED, TEST_SEED = 2**40, 2**40 + 1


def three_parts(
    report: Report, seed: int, size: int, train: int, validation: int, test: int
) -> tuple[Images, Images, Images]:
    """Pictures to learn from, to watch the learning by, and to measure by at the end.

    Painted scenes, or the person's own image folder. A folder with too few pictures is used whole,
    in the same proportions. Raises BadData for a folder that cannot be used.
    """
    if report.data_path is None:
        from tools.assets.scenes import paint

        report.log(f"Painting {train + validation + test:,} scenes ...")
        parts = (
            paint(train, seed, size),
            paint(validation, VALIDATION_SEED, size),
            paint(test, TEST_SEED, size),
        )
    else:
        parts = _own_parts(report, seed, size, train, validation, test)
    first = parts[0]
    report.using_data(first.name, first.source, rows=sum(map(len, parts)), hash=first.hash, note=first.note)
    return parts


def _own_parts(
    report: Report, seed: int, size: int, train: int, validation: int, test: int
) -> tuple[Images, Images, Images]:
    from tools.assets.image_folder import load_images

    assert report.data_path is not None
    images = load_images(report.data_path, size)
    asked, there = train + validation + test, images.distinct()
    if there < asked:
        validation, test = (max(1, there * part // asked) for part in (validation, test))
        train = there - validation - test
        report.log(
            f"{images.name} has {there} different pictures of {asked} asked for: {train} are learned "
            f"from, {validation} watch the learning, {test} measure it."
        )
    learned, rest = images.split(train, validation + test, seed)
    missing = set(range(len(images.label_names))) - set(learned.labels)
    if missing:
        names = ", ".join(images.label_names[label] for label in sorted(missing))
        raise BadData(
            f"No picture of {names} is left to learn from.",
            help="Add pictures of it, or ask for a larger train_size.",
        )
    shares = validation / (validation + test)
    cut = round(len(rest) * shares)
    return learned, rest.take(range(cut)), rest.take(range(cut, len(rest)))


def tensors(images: Images, device: torch.device) -> tuple[Tensor, Tensor]:
    """Pixels uint8 [n, S, S, 3] and labels [n] on the device, where batches are then cut from them."""
    return torch.from_numpy(images.pixels).to(device), torch.tensor(images.labels, device=device)


def scaled(pixels: Tensor) -> Tensor:
    """uint8 [B, S, S, 3] to float [B, 3, S, S] in -1..1, the only preprocessing there is."""
    return pixels.permute(0, 3, 1, 2).float() / 127.5 - 1


def augmented(pixels: Tensor, flip: bool, shift: int, chance: torch.Generator) -> Tensor:
    """Every picture moved by up to `shift` pixels and mirrored with probability 0.5: [B, S, S, 3].

    One look-up does both: row i of the result is row i + dy of the picture, the border repeated.
    """
    batch, side, device = len(pixels), pixels.shape[1], pixels.device
    dy, dx = (torch.randint(-shift, shift + 1, (batch, 1), generator=chance) for _ in range(2))
    mirror = torch.rand(batch, 1, generator=chance) < (0.5 if flip else 0.0)
    places = torch.arange(side).expand(batch, side)
    rows = (places + dy).clamp(0, side - 1).to(device)  # [B, S]
    columns = torch.where(mirror, side - 1 - places, places) + dx
    columns = columns.clamp(0, side - 1).to(device)
    picture = torch.arange(batch, device=device)[:, None, None]
    return pixels[picture, rows[:, :, None], columns[:, None, :]]


def outputs(part: Callable[[Tensor], Tensor], pixels: Tensor, report: Report, unit: str = "") -> Tensor:
    """What a network, or a part of one, gives for pictures: float [n, ...] on the CPU.

    With a `unit` the run's progress counts them.
    """
    found = []
    with torch.inference_mode():
        for batch in range(0, len(pixels), 100):
            with report.autocast():
                found.append(part(scaled(pixels[batch : batch + 100])).float().cpu())
            if unit:
                report.progress(min(batch + 100, len(pixels)), len(pixels), unit)
    return torch.cat(found)


def accuracy(scores: Tensor, labels: Sequence[int]) -> float:
    """The share of pictures whose largest score is that of their class."""
    return float((scores.argmax(1) == torch.tensor(labels)).float().mean())


def colour_baselines(train: Images, test: Images) -> dict[str, float]:
    """What softmax regression gets from coarse pixels and from colours alone, and always guessing one class.

    Where these are close to the network's accuracy, the network need not have seen any shape.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    def fitted(inputs: Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]) -> float:
        model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=200))
        return float(model.fit(inputs(train.pixels), train.labels).score(inputs(test.pixels), test.labels))

    commonest = np.bincount(train.labels).argmax()
    return {
        "always the commonest class": float(np.mean(np.asarray(test.labels) == commonest)),
        "softmax regression on colours": fitted(colour_histogram),
        "softmax regression on coarse pixels": fitted(coarse_pixels),
    }


def colour_histogram(pixels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """How often each of 64 colours occurs: [n, 64], wherever in the picture."""
    level = (pixels // 64).astype(np.int64)  # 4 levels each of red, green and blue
    code = level[..., 0] * 16 + level[..., 1] * 4 + level[..., 2]
    counts = np.stack([np.bincount(one.ravel(), minlength=64) for one in code])
    return np.asarray(counts / code[0].size)


def coarse_pixels(pixels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Pictures averaged down to about 16 by 16: [n, 16 * 16 * 3] in 0..1."""
    step = max(1, pixels.shape[1] // 16)
    side = pixels.shape[1] // step
    cut = pixels[:, : side * step, : side * step].astype(np.float32) / 255
    coarse = cut.reshape(len(cut), side, step, side, step, 3).mean((2, 4))
    return np.asarray(coarse.reshape(len(cut), -1))


def show_outcome(report: Report, test: Images, scores: Tensor) -> dict[str, float]:
    """Confusion matrix, figures by class and the worst misreadings; accuracy, macro F1 and loss."""
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

    names, truth = test.label_names, np.asarray(test.labels)
    shares = scores.softmax(1).numpy()
    predicted = shares.argmax(1)
    every = list(range(len(names)))
    counts = confusion_matrix(truth, predicted, labels=every)
    report.matrix("confusion", names, counts.tolist(), "True class (rows), read as (columns)")
    precision, recall, f1, support = precision_recall_fscore_support(
        truth, predicted, labels=every, zero_division=0
    )
    rows: list[list[str | int | float]] = [
        [name, *(round(float(figure[label]), 3) for figure in (precision, recall, f1)), int(support[label])]
        for label, name in enumerate(names)
    ]
    report.table("classes", ["class", "precision", "recall", "F1", "pictures"], rows, "By class")
    _show_misread(report, test, predicted, shares)
    loss = nn.functional.cross_entropy(scores, torch.tensor(test.labels))
    return {
        "accuracy": float((predicted == truth).mean()),
        "macro_f1": float(np.mean(f1)),
        "test_loss": float(loss),
    }


def _show_misread(
    report: Report,
    test: Images,
    predicted: np.ndarray[Any, Any],
    shares: np.ndarray[Any, Any],
    most: int = 12,
) -> None:
    """The wrong answers given with the highest probability, as pictures and as a list."""
    wrong = np.flatnonzero(predicted != np.asarray(test.labels))
    sure = shares.max(1)
    worst = [int(row) for row in wrong[np.argsort(-sure[wrong], kind="stable")][:most]]
    captions, items = [], []
    for place, row in enumerate(worst):
        true, read = test.label_names[test.labels[row]], test.label_names[int(predicted[row])]
        captions.append(f"{true}, read as {read} ({sure[row]:.0%})")
        item = {"image": place, "truth": true, "predicted": read, "score": round(float(sure[row]), 3)}
        items.append({**item, "text": test.captions[row]} if test.captions else item)
    if worst:
        report.images("misread-pictures", test.pixels[worst], captions, "Misread with the greatest certainty")
        report.examples("misread", items, "Misread with the greatest certainty")
