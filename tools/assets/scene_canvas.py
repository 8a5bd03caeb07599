"""The painter's tools: a canvas of floats, soft edges, smooth noise and light."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]
Colour = Array  # red, green, blue in 0..1


def colour(*rgb: float) -> Colour:
    """A colour from red, green and blue, each in 0..1."""
    return np.array(rgb, dtype=np.float32)


class Dice:
    """Chance in the words of a painter; every draw comes from one seeded generator."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def chance(self, probability: float) -> bool:
        return bool(self.rng.random() < probability)

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * float(self.rng.random())

    def number(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.rng.random() * (high - low + 1))

    def pick(self, *choices: str) -> str:
        return choices[int(self.rng.random() * len(choices))]

    def like(self, base: Colour, spread: float = 0.06) -> Colour:
        """A colour near `base`: brightness and hue moved a little."""
        moved = base * (1 + spread * 2 * (float(self.rng.random()) * 2 - 1))
        return np.asarray(moved + spread * (self.rng.random(3) * 2 - 1), dtype=np.float32)


@dataclass
class Light:
    """What light does to everything painted: `ambient` multiplies, `haze` covers what is far."""

    ambient: Colour
    haze: Colour
    haze_strength: float  # 0 clear .. 1 only haze at distance 1
    night: bool

    def on(self, surface: Array, distance: float = 0.0) -> Array:
        """The colour that a surface of this colour shows at `distance` 0 (near) .. 1 (far)."""
        covered = min(0.9, self.haze_strength * distance)
        return np.asarray(surface * self.ambient * (1 - covered) + self.haze * covered, dtype=np.float32)


class Canvas:
    """A square of side `side` with its top left at (0, 0) and its bottom right at (1, 1).

    `pixels` is float32 [side, side, 3] in 0..1; `x` [1, side] and `y` [side, 1] hold the places of
    the pixels' centres. Everything is painted with an `alpha` in 0..1 that broadcasts to
    [side, side], so edges are soft by one pixel.
    """

    def __init__(self, side: int, dice: Dice) -> None:
        self.side = side
        self.dice = dice
        self.pixels = np.zeros((side, side, 3), dtype=np.float32)
        centres = _centres(side)
        self.x, self.y = centres[None, :], centres[:, None]

    def soft(self, inside: Array) -> Array:
        """The alpha of a region from the signed distance to its edge (positive = inside)."""
        return np.asarray(np.clip(inside * self.side + 0.5, 0, 1))

    def blend(self, alpha: Array, paint: Array) -> None:
        """Cover the canvas with `paint` (a colour, or a field that broadcasts) where `alpha` says."""
        self.pixels += alpha[..., None] * (paint - self.pixels)

    def under(self, y: float) -> Array:
        """The alpha of everything lower than a level line."""
        return self.soft(self.y - y + np.zeros_like(self.x))

    def rect(self, x0: float, x1: float, y0: float, y1: float, paint: Array, alpha: float = 1.0) -> None:
        """A filled upright rectangle."""
        rows, columns = self.window(y0, y1), self.window(x0, x1)
        part = self.pixels[rows, columns]
        part += alpha * (paint - part)

    def ellipse(self, cx: float, cy: float, rx: float, ry: float, paint: Array, alpha: float = 1.0) -> None:
        """A filled ellipse with a soft edge."""
        rows, columns = self.window(cy - ry, cy + ry), self.window(cx - rx, cx + rx)
        near = ((self.x[:, columns] - cx) / rx) ** 2 + ((self.y[rows] - cy) / ry) ** 2
        cover = alpha * np.clip((1 - near) * min(rx, ry) * self.side * 0.6 + 0.3, 0, 1)
        part = self.pixels[rows, columns]
        part += cover[..., None] * (paint - part)

    def triangle(self, cx: float, top: float, width: float, bottom: float, paint: Array) -> None:
        """A filled triangle that stands on its side of length `width`."""
        rows, columns = self.window(top, bottom), self.window(cx - width / 2, cx + width / 2)
        reach = (self.y[rows] - top) / max(bottom - top, 1e-3) * width / 2
        cover = self.soft(reach - np.abs(self.x[:, columns] - cx))
        part = self.pixels[rows, columns]
        part += cover[..., None] * (paint - part)

    def smooth(self, down: int, across: int) -> Array:
        """Noise in 0..1 [side, side] that changes over about 1/down and 1/across of the canvas."""
        grid = self.dice.rng.random((down + 1, across + 1), dtype=np.float32)
        return np.asarray(_spread(self.side, down, True) @ grid @ _spread(self.side, across, True).T)

    def line(self, cells: int, rounded: bool = True) -> Array:
        """Noise in 0..1 [side] along x, `cells` knots, rounded or with corners."""
        return np.asarray(
            _spread(self.side, cells, rounded) @ self.dice.rng.random(cells + 1, dtype=np.float32)
        )

    def fractal(self, cells: int, rough: float, rounded: bool = False) -> Array:
        """A line of hills or peaks [side] in about -1..1: each octave twice as fine, `rough` as high."""
        total = 2 * self.line(cells, rounded) - 1
        for octave in (2, 4):
            total = total + rough ** (octave / 2) * (2 * self.line(cells * octave, rounded) - 1)
        return np.asarray(total)

    def window(self, low: float, high: float) -> slice:
        """The pixels between two places on the canvas."""
        first = min(max(round(low * self.side), 0), self.side)
        return slice(first, max(min(round(high * self.side), self.side), first))

    def view(self, size: int, centre: tuple[float, float], zoom: float, tilt: float) -> Array:
        """What a camera sees: [size, size, 3] of a square of side `zoom`, turned by `tilt` radians."""
        steps = (np.arange(size, dtype=np.float32) + 0.5) / size - 0.5
        u, v = steps[None, :] * zoom, steps[:, None] * zoom
        x = (centre[0] + u * np.cos(tilt) - v * np.sin(tilt)) * self.side - 0.5
        y = (centre[1] + u * np.sin(tilt) + v * np.cos(tilt)) * self.side - 0.5
        x, y = np.clip(x, 0, self.side - 1.001), np.clip(y, 0, self.side - 1.001)
        left, top = x.astype(np.int32), y.astype(np.int32)
        fx, fy = (x - left)[..., None].astype(np.float32), (y - top)[..., None].astype(np.float32)
        flat = self.pixels.reshape(-1, 3)
        corner = top * self.side + left
        upper = flat[corner] * (1 - fx) + flat[corner + 1] * fx
        lower = flat[corner + self.side] * (1 - fx) + flat[corner + self.side + 1] * fx
        return np.asarray(upper * (1 - fy) + lower * fy, dtype=np.float32)


@lru_cache(maxsize=8)
def _centres(side: int) -> Array:
    return (np.arange(side, dtype=np.float32) + 0.5) / side


@lru_cache(maxsize=512)
def _spread(side: int, cells: int, rounded: bool) -> Array:
    """The matrix [side, cells + 1] that interpolates `cells + 1` knots over `side` pixels."""
    place = _centres(side) * cells
    knot = np.minimum(place.astype(np.int32), cells - 1)
    part = place - knot
    if rounded:
        part = part * part * (3 - 2 * part)
    matrix = np.zeros((side, cells + 1), dtype=np.float32)
    rows = np.arange(side)
    matrix[rows, knot], matrix[rows, knot + 1] = 1 - part, part
    return matrix
