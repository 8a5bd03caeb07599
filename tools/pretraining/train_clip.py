"""Trains the small CLIP that Tutor carries: `python -m tools.pretraining.train_clip`.

The method is that of the lab clip-train, with more scenes and more ways of wording them: about six
minutes of one core's time. With `--start FOLDER` it goes on from saved weights, which takes a minute
or two when only the painter or the wordings have changed a little. It writes
tools/assets/weights/scenes-clip and prints, as JSON, the zero-shot accuracy on held-out scenes by
wording: seen, validation and unseen (tools/assets/clip_wordings.py says which is which).
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from tools.assets import clip_wordings as wordings
from tools.assets.clip import CARRIED_FOLDER, TRAINING_SEED, OwnClip, SentenceVectors, load_own, new_clip
from tools.assets.images import Images
from tools.assets.scene_captions import NOUNS
from tools.assets.scenes import paint, recaption
from tools.labs.clip_train import augment, contrastive_loss
from tools.labs.models.clip import ClipShape

CAPTIONS = 2  # ways in which each scene is worded


def training_scenes(scenes: int) -> list[Images]:
    """The scenes that the carried CLIP learns from, CAPTIONS times with other captions."""
    painted = paint(scenes, TRAINING_SEED)
    return [
        recaption(painted, TRAINING_SEED + number, wordings.TRAINING_NAMES, list(wordings.TRAINING_TEMPLATES))
        for number in range(CAPTIONS)
    ]


def train(
    start: OwnClip | ClipShape, scenes: int, epochs: int, batch_size: int, rate: float, home: Path
) -> OwnClip:
    """A small CLIP of this shape, or one to go on from, trained; prints the loss and the time left."""
    torch.manual_seed(0)
    device = torch.device("cpu")
    worded = training_scenes(scenes)
    pixels = torch.from_numpy(worded[0].pixels)
    prepare = SentenceVectors(home, device)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        texts = torch.stack([prepare(each.captions) for each in worded]).float()  # [CAPTIONS, scenes, 384]
    clip = start if isinstance(start, OwnClip) else new_clip(start, prepare, device)
    decayed = [w for w in clip.model.parameters() if w.ndim >= 2]
    others = [w for w in clip.model.parameters() if w.ndim < 2]
    groups = [{"params": decayed, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98))
    steps = scenes // batch_size
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, rate, total_steps=steps * epochs, pct_start=0.05
    )
    began = time.monotonic()
    for epoch in range(epochs):
        chance = torch.Generator().manual_seed(epoch)
        order = torch.randperm(scenes, generator=chance)
        total = 0.0
        for rows in order[: steps * batch_size].view(steps, batch_size):
            which = torch.randint(len(texts), (len(rows),), generator=chance)
            total += _step(clip, pixels[rows], texts[which, rows], optimizer, chance)
            schedule.step()
        left = (time.monotonic() - began) / (epoch + 1) * (epochs - epoch - 1)
        print(f"epoch {epoch + 1}: loss {total / steps:.3f}, about {left:.0f} s left", flush=True)
    return clip


def _step(
    clip: OwnClip, pixels: Tensor, texts: Tensor, optimizer: torch.optim.Optimizer, chance: torch.Generator
) -> float:
    model = clip.model.train()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        images, sentences = model.encode_images(augment(pixels, chance)), model.encode_texts(texts)
    loss = contrastive_loss(images, sentences, model.logit_scale)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    with torch.no_grad():
        model.logit_scale.clamp_(0, math.log(100))
    return loss.item()


def measure(clip: OwnClip, test: Images, kinds: Iterable[str] = ()) -> dict[str, Any]:
    """Zero-shot accuracy of single prompts, by kind of wording, on scenes that were not learned from."""
    vectors = clip.embed_images(test.pixels)
    labels = torch.tensor(test.labels)
    found: dict[str, Any] = {"scenes": len(test)}
    for kind in kinds or WORDINGS:
        prompts = wordings.single_prompts(test.label_names, *WORDINGS[kind])
        each = {
            prompt: ((vectors @ clip.embed_texts(texts).T).argmax(1) == labels).float().mean().item()
            for prompt, texts in prompts.items()
        }
        worst = min(each, key=lambda prompt: each[prompt])
        found[kind] = {
            "prompts": len(each),
            "mean": round(sum(each.values()) / len(each), 4),
            "worst": round(each[worst], 4),
            "worst prompt": worst,
        }
    return found


WORDINGS = {
    "seen": (NOUNS, ("a painting of {}", "a picture of {}")),
    "validation": (wordings.VALIDATION_NAMES, wordings.VALIDATION_TEMPLATES),
    "seen names, unseen templates": (NOUNS, wordings.UNSEEN_TEMPLATES),
    "unseen": (wordings.UNSEEN_NAMES, wordings.UNSEEN_TEMPLATES),
}


def main() -> None:
    """Train, save and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=14_000)
    parser.add_argument("--epochs", type=int, default=13)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--test-scenes", type=int, default=1_200)
    parser.add_argument("--width", type=int, default=160)
    parser.add_argument("--layers", type=int, default=3)
    parser.add_argument("--home", type=Path, default=Path("."), help="the data folder with assets, if any")
    parser.add_argument("--start", type=Path, help="a folder of saved weights to go on from")
    parser.add_argument("--out", type=Path, default=CARRIED_FOLDER)
    given = parser.parse_args()
    start: OwnClip | ClipShape = ClipShape(image_width=given.width, image_layers=given.layers)
    before: dict[str, Any] = {}
    if given.start is not None:
        start = load_own(given.start, given.home, torch.device("cpu"))
        before = json.loads((given.start / "config.json").read_text(encoding="utf-8"))
    began = time.monotonic()
    clip = train(start, given.scenes, given.epochs, given.batch_size, given.rate, given.home)
    figures = measure(clip, paint(given.test_scenes, TRAINING_SEED - 1))
    minutes = round((time.monotonic() - began) / 60, 1)
    stage = {"scenes": given.scenes, "epochs": given.epochs, "rate": given.rate, "minutes": minutes}
    about = {"stages": [*before.get("stages", []), stage], "accuracy": figures}
    clip.save(given.out, **about)
    print(json.dumps(about, indent=1))


if __name__ == "__main__":
    main()
