"""A seeded painter of outdoor scenes in six classes, with captions: pictures that need no download.

`paint(600, seed=0)` gives the same 600 pictures everywhere and always; each picture's painter is
seeded by (seed, number), so the first 100 of 600 are those of `paint(100, seed=0)`, and pictures of
different seeds have nothing in common but the painter. Any six in a row (from a multiple of six)
show each class once.

Every picture keeps what it was painted from in `Images.attributes`, a dictionary with `class`,
`time` (noon, morning, dusk, night), `weather` (clear, cloudy, foggy, rainy, snowy), `season`
(summer, autumn, winter), `parts` (phrases such as "a lake in front", "street lamps") and `film`
(colour, or black and white). Captions are made from these alone. `recaption` writes other captions
for the same pictures, with nouns and templates of the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tools.assets.images import Images, Pixels
from tools.assets.scene_canvas import Array, Canvas, Dice
from tools.assets.scene_captions import NOUNS, TEMPLATES, describe
from tools.assets.scene_classes import KINDS
from tools.assets.scene_parts import Camera, Scene, light_of, rain_or_snow, sky

CLASSES = tuple(KINDS)  # buildings, forest, glacier, mountain, sea, street


def paint(n: int, seed: int, size: int = 64) -> Images:
    """Paint `n` scenes of `size` by `size` pixels (16 to 512), the six classes in equal shares.

    Raises ValueError for a size or number out of range.
    """
    if n < 1 or not 16 <= size <= 512 or seed < 0:
        raise ValueError(f"cannot paint {n} scenes of {size} pixels with seed {seed}")
    pixels = np.empty((n, size, size, 3), dtype=np.uint8)
    labels, attributes, captions = _labels(n, seed), [], []
    for number, label in enumerate(labels):
        dice = Dice(np.random.default_rng((seed, number)))
        pixels[number], known = paint_one(CLASSES[label], dice, size)
        attributes.append(known)
        captions.append(describe(known, dice))
    return Images(
        pixels=pixels,
        labels=labels,
        label_names=list(CLASSES),
        name="painted-scenes",
        source=f"painted here (seed {seed})",
        captions=captions,
        attributes=attributes,
    )


def recaption(
    images: Images,
    seed: int,
    nouns: Mapping[str, Sequence[str]] = NOUNS,
    templates: Sequence[str] = TEMPLATES,
) -> Images:
    """The same painted scenes with captions drawn anew, `nouns` naming each class.

    For templates see `tools.assets.scene_captions.describe`.
    """
    captions = [
        describe(known, Dice(np.random.default_rng((seed, number))), nouns, templates)
        for number, known in enumerate(images.attributes)
    ]
    return replace(images, captions=captions)


def paint_one(kind: str, dice: Dice, size: int = 64) -> tuple[Pixels, dict[str, Any]]:
    """One scene of class `kind`: uint8 [size, size, 3], and what was painted."""
    time = dice.pick("noon", "noon", "morning", "dusk", "night")
    weather = dice.pick("clear", "clear", "clear", "cloudy", "foggy", "rainy", "snowy")
    season = "winter" if weather == "snowy" else dice.pick("summer", "autumn", "winter")
    light, top, low = light_of(time, weather, dice)
    # The canvas is larger than the picture, so that the camera can tilt, shift and come closer.
    canvas = Canvas(round(size * 1.3), dice)
    camera = Camera.drawn(dice)
    horizon = camera.y + camera.zoom * dice.between(-0.22, 0.12)
    scene = Scene(canvas, dice, light, camera, time, weather, season, horizon)
    sky(scene, top, low)
    KINDS[kind](scene)
    rain_or_snow(scene)
    seen = canvas.view(size, (camera.x, camera.y), camera.zoom, camera.tilt)
    pixels, film = _photograph(seen, dice)
    known = {
        "class": kind,
        "time": time,
        "weather": weather,
        "season": season,
        "parts": tuple(scene.parts),
        "film": film,
    }
    return pixels, known


def _photograph(seen: Array, dice: Dice) -> tuple[Pixels, str]:
    """What the camera makes of it: exposure, colour cast, contrast, black and white, grain."""
    seen = seen * (0.42 / max(float(seen.mean()), 0.1)) ** 0.5  # a camera opens up in the dark
    shot = seen * (dice.between(0.75, 1.3) * (1 + 0.16 * (dice.rng.random(3, dtype=np.float32) * 2 - 1)))
    shot = 0.5 + (shot - 0.5) * dice.between(0.65, 1.2)
    black_and_white = dice.chance(0.15)
    grey = shot.mean(axis=2, keepdims=True)
    shot = grey + (shot - grey) * (0.0 if black_and_white else dice.between(0.3, 1.15))
    grain = dice.rng.standard_normal(shot.shape, dtype=np.float32)
    shot = shot + grain * dice.between(0.01, 0.07)
    film = "black and white" if black_and_white else "colour"
    return np.clip(shot * 255, 0, 255).astype(np.uint8), film


def _labels(n: int, seed: int) -> list[int]:
    """Labels in blocks of six that hold each class once, in an order that depends on the block."""
    labels: list[int] = []
    for block in range((n + len(CLASSES) - 1) // len(CLASSES)):
        order = np.random.default_rng((seed, block, len(CLASSES))).permutation(len(CLASSES))
        labels.extend(int(label) for label in order)
    return labels[:n]
