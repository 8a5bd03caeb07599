"""A small CLIP learns from captions which text fits which picture, and can then classify by description.

Contrastive Language-Image Pre-training (Radford et al. 2021): an image encoder and a text encoder
map pictures and captions into one space. Within a batch of pairs, every picture must find its own
caption among all of them, and every caption its picture. No class label is used for learning; labels
only count, every now and then, how often a description such as "a forest" finds the right pictures.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

from tools.engine.lab import Cost, LabConfig, setting
from tools.errors import BadSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import torch
    from torch import Tensor

    from tools.assets.clip import OwnClip
    from tools.assets.images import Images
    from tools.engine.report import Report
    from tools.labs.models.clip import SmallClip


class Config(LabConfig):
    """What can be set for one training."""

    train_size: int = setting(
        3600, "How many painted scenes with captions are learned from.", ge=24, le=50_000, unit="pairs"
    )
    test_size: int = setting(
        300, "How many other scenes measure what was learned.", ge=12, le=5_000, unit="pairs"
    )
    epochs: int = setting(20, "How many times training sees every pair.", ge=1, le=200, unit="epochs")
    batch_size: int = setting(
        96,
        "Pairs in a batch: each picture must find its caption among this many.",
        ge=2,
        le=1024,
        unit="pairs",
    )
    learning_rate: float = setting(
        0.001, "How far one step moves the weights, at its highest.", ge=1e-6, le=0.1
    )
    weight_decay: float = setting(0.1, "How strongly weights are pulled towards zero.", ge=0, le=1)
    temperature: float = setting(
        0.07, "What similarities are divided by before the softmax, at the start.", ge=0.01, le=1
    )
    learn_temperature: bool = setting(True, "Whether the temperature is learned along with the weights.")
    text_encoder: Literal["scratch", "minilm"] = setting(
        "minilm",
        "The text encoder: learned from these captions alone, or on top of the pretrained, frozen MiniLM, "
        "which knows words that no caption holds.",
    )


def cost(config: Config) -> Cost:
    """Measured: painting, the frozen encoder's vectors, the steps, an evaluation after every epoch."""
    pairs = config.train_size + config.test_size
    frozen = 2 + 0.002 * pairs if config.text_encoder == "minilm" else 0.0
    evaluations = config.epochs * (0.4 + 0.001 * config.test_size)
    steps = 0.0009 * config.train_size * config.epochs
    return Cost(seconds=5 + 0.003 * pairs + frozen + evaluations + steps, memory_mb=700 + 0.03 * pairs)


def run(config: Config, report: Report) -> dict[str, float | int | str]:
    """Train; the metrics of the last evaluation. Nothing is chosen by them, so they are not flattered."""
    import torch
    from torch.nn.utils import clip_grad_norm_

    train, test = _scenes(config, report)
    clip = _new_clip(config, report, train.captions)
    model = clip.model
    pixels = torch.from_numpy(train.pixels).to(report.device)
    with report.autocast():
        texts = clip.prepare(train.captions).to(report.device)
    optimizer = _optimizer(model, config)
    steps_per_epoch = len(train) // config.batch_size or 1
    total = steps_per_epoch * config.epochs
    step = 0
    if saved := report.restored():
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        step, scores = saved["step"], saved["scores"]
    else:
        scores = _measure(clip, test, 0, report)

    def state() -> dict[str, Any]:
        weights = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
        return {**weights, "step": step, "scores": scores}

    while step < total:
        epoch, place = divmod(step, steps_per_epoch)
        rows = _order(len(train), config.seed, epoch)[place * config.batch_size :][: config.batch_size]
        rate = _learning_rate(step, total, config.learning_rate)
        for group in optimizer.param_groups:
            group["lr"] = rate
        chance = torch.Generator().manual_seed(config.seed * 1_000_003 + step)
        model.train()
        with report.autocast():
            image_vectors = model.encode_images(augment(pixels[rows], chance))
            text_vectors = model.encode_texts(hide_words(texts[rows], chance))
        loss = contrastive_loss(image_vectors, text_vectors, model.logit_scale)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        norm = float(clip_grad_norm_(model.parameters(), 1.0))
        optimizer.step()
        with torch.no_grad():  # Radford et al. 2021: a temperature below 0.01 made training unstable
            model.logit_scale.clamp_(0, math.log(100))
        step += 1
        report.metric(step, loss=loss.item(), learning_rate=rate, gradient_norm=norm)
        report.metric(step, temperature=math.exp(-model.logit_scale.item()))
        if step % steps_per_epoch == 0:
            scores = _measure(clip, test, step, report)
        report.progress(step, total)
        report.checkpoint(step, state)
    _keep(clip, test, report)
    temperature = math.exp(-model.logit_scale.item())
    return {**scores, "temperature": temperature, "pairs": len(train), "epochs": config.epochs}


def contrastive_loss(image_vectors: Tensor, text_vectors: Tensor, logit_scale: Tensor) -> Tensor:
    """The symmetric contrastive loss of CLIP for n pairs whose vectors have length 1, both [n, space]."""
    import torch
    from torch.nn.functional import cross_entropy

    similarity = image_vectors @ text_vectors.T * logit_scale.exp()  # [n, n]; row = picture, column = text
    partner = torch.arange(len(similarity), device=similarity.device)  # pair j stands on the diagonal
    which_text = cross_entropy(similarity, partner)  # along each row: which caption is this picture's?
    which_image = cross_entropy(similarity.T, partner)  # down each column: which picture is meant?
    return (which_text + which_image) / 2
    # A batch cannot be cut into parts with the gradients added up, as for other losses: a picture's
    # wrong answers are the other captions of its batch, and a smaller batch is an easier question.


def zero_shot(image_vectors: Tensor, class_vectors: Tensor, labels: list[int]) -> float:
    """The share of pictures [n, space] whose nearest class vector [classes, space] is that of their class."""
    nearest: list[int] = (image_vectors @ class_vectors.T).argmax(dim=1).tolist()
    return sum(guess == label for guess, label in zip(nearest, labels, strict=True)) / len(labels)


def recall(image_vectors: Tensor, text_vectors: Tensor, captions: list[str], k: int) -> float:
    """How often one of the k nearest captions of a picture is its own, word for word."""
    nearest = (image_vectors @ text_vectors.T).topk(min(k, len(captions)), dim=1).indices.tolist()
    found = [any(captions[i] == own for i in row) for row, own in zip(nearest, captions, strict=True)]
    return sum(found) / len(found)


def _measure(clip: OwnClip, test: Images, step: int, report: Report) -> dict[str, float]:
    """Measure on held-out pairs: the next points of the curves, and the similarity matrix of a few."""
    from tools.assets.clip import embed_ensembles
    from tools.assets.clip_wordings import seen_prompts, unseen_prompts

    names, captions = test.label_names, list(test.captions[:POOL])
    images, texts = clip.embed_images(test.pixels), clip.embed_texts(captions)
    pool = images[:POOL]  # the more captions to choose from, the harder is retrieval
    scores = {
        "accuracy": zero_shot(images, embed_ensembles(clip, seen_prompts(names)), test.labels),
        "accuracy_unseen_wordings": zero_shot(
            images, embed_ensembles(clip, unseen_prompts(names)), test.labels
        ),
        "recall_at_1": recall(pool, texts, captions, 1),
        "recall_at_5": recall(pool, texts, captions, 5),
    }
    report.metric(step, **scores)
    few = min(MATRIX_PAIRS, len(captions))
    report.heatmap(
        "similarity-matrix",
        [f"{row + 1} {names[label]}" for row, label in enumerate(test.labels[:few])],
        [f"{row + 1} {caption}" for row, caption in enumerate(captions[:few])],
        (images[:few] @ texts[:few].T).double().cpu().numpy().round(3),
        title=f"Cosines of {few} held-out pictures (rows) and captions (columns) after step {step}",
        low=-1,
        high=1,
    )
    return scores


def _scenes(config: Config, report: Report) -> tuple[Images, Images]:
    """Painted scenes to learn from and others to measure by: two seeds, so no picture is in both."""
    from tools.assets.scenes import paint

    if report.data_path is not None:
        raise BadSettings(
            "clip-train learns from pictures with captions, and an image folder has none.",
            help="Leave --data out to train on painted scenes; clip-zero-shot takes your image folder.",
        )
    report.log(f"Painting {config.train_size + config.test_size} scenes with captions ...")
    train, test = paint(config.train_size, 2 * config.seed), paint(config.test_size, 2 * config.seed + 1)
    report.using_data(
        "painted-scenes",
        f"painted here, seeds {2 * config.seed} and {2 * config.seed + 1}",
        rows=len(train) + len(test),
        hash=train.hash,
        note=f"{len(train)} pairs to learn from, {len(test)} others to measure by",
    )
    return train, test


def _new_clip(config: Config, report: Report, captions: Sequence[str]) -> OwnClip:
    from tools.assets.clip import SentenceVectors, new_clip
    from tools.labs.models.clip import ClipShape, Words

    prepare: Words | SentenceVectors
    if config.text_encoder == "scratch":
        prepare = Words.of(captions)
        shape = ClipShape(words=len(prepare))
        note = f"both encoders learned from nothing; {len(prepare.words)} words"
    else:
        report.log("Reading the captions with the frozen MiniLM ...")
        prepare, shape = SentenceVectors(report.home, report.device), ClipShape()
        note = f"the texts are read by {prepare.source.name} ({prepare.source.source}), which stays as it is"
    clip = new_clip(shape, prepare, report.device, config.temperature)
    clip.model.logit_scale.requires_grad_(config.learn_temperature)
    count = sum(weight.numel() for weight in clip.model.parameters())
    report.using_model("small-clip", "new, random weights", parameters=count, note=note)
    return clip


def _optimizer(model: SmallClip, config: Config) -> torch.optim.Optimizer:
    """AdamW; gains, biases, positions and the temperature are not pulled towards zero."""
    from torch.optim import AdamW

    weights = [w for w in model.parameters() if w.requires_grad and w.ndim >= 2]
    others = [w for w in model.parameters() if w.requires_grad and w.ndim < 2]
    groups = [
        {"params": weights, "weight_decay": config.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return AdamW(groups, lr=config.learning_rate, betas=(0.9, 0.98))


def _learning_rate(step: int, total: int, highest: float) -> float:
    """Up in a straight line over the first twentieth, then down along half a cosine."""
    warm_up = max(1, total // 20)
    if step < warm_up:
        return highest * (step + 1) / warm_up
    return highest * (1 + math.cos(math.pi * (step - warm_up) / max(1, total - warm_up))) / 2


def _order(pairs: int, seed: int, epoch: int) -> np.ndarray:
    """The order in which an epoch sees the pairs: of seed and epoch alone, so a resumed run keeps it."""
    import numpy as np

    return np.random.default_rng((seed, epoch)).permutation(pairs)


def augment(pixels: Tensor, chance: torch.Generator) -> Tensor:
    """Half of the pictures mirrored, all moved by up to four pixels; uint8 [n, h, w, 3] -> the same.

    No caption says left or right, so a mirrored picture keeps its caption. What leaves one side
    comes back at the other.
    """
    import torch

    mirrored = torch.rand(len(pixels), generator=chance) < 0.5
    pixels = torch.where(mirrored.view(-1, 1, 1, 1).to(pixels.device), pixels.flip(2), pixels)
    down, right = torch.randint(-4, 5, (2,), generator=chance).tolist()
    return pixels.roll((down, right), dims=(1, 2))


def hide_words(texts: Tensor, chance: torch.Generator, share: float = 0.1) -> Tensor:
    """A tenth of the words made unknown, so that the encoder learns to read on past one it does not know."""
    import torch

    from tools.labs.models.clip import PADDING, UNKNOWN

    if texts.is_floating_point():
        return texts  # ready sentence vectors
    hidden = (torch.rand(texts.shape, generator=chance) < share).to(texts.device) & (texts != PADDING)
    return texts.masked_fill(hidden, UNKNOWN)


def _keep(clip: OwnClip, test: Images, report: Report) -> None:
    """Save the model for clip-zero-shot, and show some held-out pictures with the caption each one finds."""
    from tools.assets.clip import RUN_FOLDER

    clip.save(report.folder(RUN_FOLDER, title="The trained CLIP; clip-zero-shot takes it by this run's ID"))
    few = test.take(range(min(12, len(test))))
    captions = list(test.captions[:POOL])
    cosines = clip.embed_images(few.pixels) @ clip.embed_texts(captions).T
    found = cosines.argmax(dim=1).tolist()
    report.images("pictures", few.pixels, captions=few.captions, title="Held-out pictures and their captions")
    report.examples(
        "nearest-captions",
        [
            {
                "image": row,
                "truth": few.captions[row],
                "predicted": captions[best],
                "score": round(cosines[row, best].item(), 3),
            }
            for row, best in enumerate(found)
        ],
        title=f"The nearest of {len(captions)} held-out captions for each picture",
    )


POOL = 100
MATRIX_PAIRS = 12
