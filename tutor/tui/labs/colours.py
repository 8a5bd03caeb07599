"""Colours that stand for numbers: blends between the theme's own colours."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.color import Color

if TYPE_CHECKING:
    from textual.app import App


@dataclass(frozen=True, slots=True)
class Ramp:
    """From `low` over `middle` to `high`; a number is placed between the ends and gets their blend."""

    low: Color
    middle: Color
    high: Color

    def at(self, share: float) -> Color:
        """The colour at a share of the way, 0 to 1."""
        share = min(1.0, max(0.0, share))
        if share < 0.5:
            return self.low.blend(self.middle, share * 2)
        return self.middle.blend(self.high, share * 2 - 1)


def ramp_of(app: App[Any], *, two_sided: bool) -> Ramp:
    """The theme's ramp: from the ground to the first colour, or, two-sided, between two colours."""
    variables = app.theme_variables
    ground = _colour(variables.get("surface"), "#191c24")
    high = _colour(variables.get("primary"), "#7fc8a9")
    if two_sided:
        return Ramp(_colour(variables.get("accent"), "#e9b872"), ground, high)
    return Ramp(ground, ground.blend(high, 0.5), high)


def series_of(app: App[Any]) -> list[tuple[int, int, int]]:
    """Colours for curves, told apart on the theme's ground."""
    names = ("primary", "accent", "secondary", "error", "warning", "success")
    return [_colour(app.theme_variables.get(name), "#7fc8a9").rgb for name in names]


def bounds_of(values: list[list[float]], low: float | None, high: float | None) -> tuple[float, float]:
    """The ends of the scale: those given, else the lowest and highest number there is."""
    finite = [value for row in values for value in row if _is_number(value)]
    least = low if low is not None else min(finite, default=0.0)
    most = high if high is not None else max(finite, default=1.0)
    return (least, most) if most > least else (least, least + 1.0)


def place(value: object, low: float, high: float) -> float | None:
    """Where a number lies between the ends, 0 to 1; None for what is no number."""
    return (float(value) - low) / (high - low) if _is_number(value) else None  # type: ignore[arg-type]


def text_on(ground: Color) -> str:
    """Black or white, whichever is read better on `ground`."""
    return "#101216" if ground.brightness > 0.5 else "#f4f5f7"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _colour(value: str | None, otherwise: str) -> Color:
    try:
        colour = Color.parse(value or otherwise)
    except ValueError:
        return Color.parse(otherwise)
    return colour if colour.ansi is None else Color.parse(otherwise)
