"""Captions of painted scenes, made from what was painted: class, time, weather, parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tools.assets.scene_canvas import Dice

NOUNS: dict[str, tuple[str, ...]] = {
    "buildings": (
        "buildings",
        "some buildings",
        "built structures",
        "architecture",
        "buildings from the front",
    ),
    "forest": ("a forest", "woods", "a dense forest", "woodland", "many trees"),
    "glacier": ("a glacier", "glacier ice", "an icy glacier", "a mass of ice", "masses of ice"),
    "mountain": ("mountains", "a mountain scene", "a mountain range", "rocky peaks", "high mountains"),
    "sea": ("the sea", "the ocean", "open water", "the sea to the horizon", "sea water"),
    "street": ("a street", "a road", "a street into the distance", "a road to the horizon", "a roadway"),
}
TIMES: dict[str, tuple[str, ...]] = {
    "noon": ("by day", "in daylight", "at noon"),
    "morning": ("in the morning", "in morning light", "early in the day"),
    "dusk": ("at dusk", "at sunset", "in the evening"),
    "night": ("at night", "in the dark", "by night"),
}
WEATHERS: dict[str, tuple[str, ...]] = {
    "clear": ("under a clear sky", "", ""),
    "cloudy": ("under clouds", "on a cloudy day", "with a grey sky"),
    "foggy": ("in fog", "in the mist", "seen through haze"),
    "rainy": ("in the rain", "on a rainy day", "in a shower"),
    "snowy": ("in falling snow", "while it snows", "in a snowfall"),
}
SEASONS: dict[str, tuple[str, ...]] = {
    "summer": ("", "", "in summer"),
    "autumn": ("in autumn", "in fall", ""),
    "winter": ("in winter", "in the cold season", ""),
}
TEMPLATES = (
    "{noun} {when} {weather}, {parts}",
    "{noun} with {parts}, {when} {weather}",
    "a painting of {noun} {season} {when}, {parts}",
    "a picture of {noun} {weather} {when}",
    "{when}, {weather}: {noun}, {parts}",
    "{noun}, {parts}",
    "a view of {noun} {season}",
)


def describe(
    attributes: Mapping[str, Any],
    dice: Dice,
    nouns: Mapping[str, Sequence[str]] = NOUNS,
    templates: Sequence[str] = TEMPLATES,
) -> str:
    """One caption for one scene: a template, with a noun for its class and words for the rest.

    A template may hold {noun}, {when}, {weather}, {season} and {parts}; what a scene has nothing
    to say about is left out together with the "with" before it.
    """
    words = {
        "noun": dice.pick(*nouns[attributes["class"]]),
        "when": dice.pick(*TIMES[attributes["time"]]),
        "weather": dice.pick(*WEATHERS[attributes["weather"]]),
        "season": dice.pick(*SEASONS[attributes["season"]]),
        "parts": _some(list(dict.fromkeys(attributes["parts"])), dice),
    }
    return _tidy(dice.pick(*templates).format(**words))


def _some(parts: list[str], dice: Dice) -> str:
    """One to three of the parts, in the order in which they were painted."""
    while len(parts) > 1 and (len(parts) > 3 or dice.chance(0.3)):
        parts.pop(dice.number(0, len(parts) - 1))
    return " and ".join(parts)


def _tidy(text: str) -> str:
    """A caption without the doubled spaces and loose commas that empty words leave."""
    text = " ".join(text.split())
    for loose, mended in (("with ,", ","), (" ,", ","), (" :", ":"), (",:", ":"), (",,", ",")):
        text = text.replace(loose, mended)
    text = text.replace(" with, ", ", ")
    return text.removesuffix(" with").strip(" ,:")
