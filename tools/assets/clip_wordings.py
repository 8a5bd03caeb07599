"""How scenes are worded for CLIP: what training captions may say, and what is kept for measuring only.

The split of wordings stands here and nowhere else. No caption that a CLIP of ours learns from holds a
word of `UNSEEN_WORDS` (a test goes through them): neither the unseen templates' own words, such as
photo, nor the unseen names', such as skyscrapers. What is tried out while building is measured on the
VALIDATION wordings, so that the figure on the unseen ones stays honest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tools.assets.scene_captions import NOUNS, TEMPLATES

TRAINING_NAMES: dict[str, tuple[str, ...]] = {
    "buildings": (
        *NOUNS["buildings"],
        *("a building", "a town", "a block of houses", "a tall house", "homes", "a house with windows"),
        *("city architecture", "a hotel", "facades and roofs", "walls with windows", "built structures"),
    ),
    "forest": (
        *NOUNS["forest"],
        *("trees", "a wood", "a fir forest", "trees everywhere", "foliage", "evergreen trees", "greenery"),
        *("a park full of trees", "leaves and branches", "undergrowth and trunks", "a woodland scene"),
    ),
    "glacier": (
        *NOUNS["glacier"],
        *("ice", "a wall of ice", "ice and snow", "much ice", "eternal ice", "ice in the mountains"),
        *("a cold world of ice", "crevasses", "glacial ice", "a tongue of ice", "ice that breaks off"),
    ),
    "mountain": (
        *NOUNS["mountain"],
        *("a peak", "hills and mountains", "a rocky mountain", "a high ridge", "a hill", "steep slopes"),
        *("a hillside", "cliffs and crags", "a mountain landscape", "a snowy peak", "a valley and peaks"),
    ),
    "sea": (
        *NOUNS["sea"],
        *("waves", "a beach and the sea", "water and waves", "a coast", "the shore", "a marine view"),
        *("breakers", "the open sea", "swell on the water", "the blue sea", "water up to the sky"),
    ),
    "street": (
        *NOUNS["street"],
        *("a street in a town", "a city street", "a road with cars", "a paved way", "pavement"),
        *("a street corner", "a thoroughfare", "road markings", "a tarred road", "a route for cars"),
    ),
}
"""What a training caption may call each class; the painter's own names and a few more."""

TRAINING_TEMPLATES = (
    *TEMPLATES,
    "{noun}",
    "{noun}",
    "a drawing of {noun}",
    "this is {noun}",
    "the scene: {noun}",
)

VALIDATION_NAMES: dict[str, tuple[str, ...]] = {
    "buildings": (
        "apartment houses",
        "a residential complex",
        "urban development",
        "a factory",
        "high-rises",
    ),
    "forest": ("a jungle", "a lot of pines", "a thicket", "the taiga", "timberland"),
    "glacier": ("an iceberg", "pack ice", "an icefall", "Antarctica", "frost"),
    "mountain": ("hilltops", "a volcano", "the Himalayas", "highlands", "a precipice"),
    "sea": ("a lagoon", "the Atlantic", "a bay", "salty water", "the deep blue"),
    "street": ("a motorway", "a crossroads", "asphalt", "an alley", "a suburban drive"),
}
VALIDATION_TEMPLATES = ("an image of {}", "a sketch with {}", "{}, oil on canvas")

UNSEEN_NAMES: dict[str, tuple[str, ...]] = {
    "buildings": ("skyscrapers", "blocks of flats", "downtown offices"),
    "forest": ("a grove", "a rainforest", "conifers and oaks"),
    "glacier": ("a frozen river", "the Arctic", "a polar cap"),
    "mountain": ("a summit", "the Alps", "an alpine massif"),
    "sea": ("a seascape", "the Pacific", "surf and salt spray"),
    "street": ("a boulevard", "a highway", "a lane with traffic"),
}
"""Names of each class for measuring only, in step: the first of each class are tried together."""

UNSEEN_TEMPLATES = (
    "a photo of {}",
    "a photograph showing {}",
    "{} on a postcard",
    "here one sees {}",
    "my holiday snapshot: {}",
)
"""Sentences for measuring only; the gap takes a name with its article."""

CLASS_PHRASES = {
    "buildings": "buildings",
    "forest": "a forest",
    "glacier": "a glacier",
    "mountain": "a mountain",
    "sea": "the sea",
    "street": "a street",
}
"""Each class as a phrase that fits into a sentence."""

CLASS_DESCRIPTIONS = {
    "buildings": "buildings in a city",
    "forest": "a forest with many trees",
    "glacier": "a glacier of ice",
    "mountain": "a mountain with rocky peaks",
    "sea": "the sea with waves",
    "street": "a street with houses along it",
}
"""Each class described as a caption would."""


def fill(template: str, name: str) -> str:
    """The template's gap, `{}` or `{noun}`, filled."""
    return template.replace("{noun}", name).replace("{}", name)


def seen_prompts(class_names: Sequence[str]) -> list[list[str]]:
    """Wordings like those of training captions, for each class all of them: to be averaged."""
    frames = ("a painting of {}", "a picture of {}", "a view of {}")
    return [[fill(frame, noun) for noun in NOUNS[name] for frame in frames] for name in class_names]


def unseen_prompts(class_names: Sequence[str]) -> list[list[str]]:
    """Unseen names in unseen templates, for each class all of them: to be averaged."""
    return [
        [fill(template, noun) for noun in UNSEEN_NAMES[name] for template in UNSEEN_TEMPLATES]
        for name in class_names
    ]


def single_prompts(
    class_names: Sequence[str], names: Mapping[str, Sequence[str]], templates: Sequence[str]
) -> dict[str, list[str]]:
    """Every way to word all classes alike: "template, k-th names" -> one prompt a class."""
    count = min(len(names[each]) for each in class_names)
    return {
        f"{fill(template, '{}')} ({', '.join(names[each][k] for each in class_names)})": [
            fill(template, names[each][k]) for each in class_names
        ]
        for template in templates
        for k in range(count)
    }


def words_of(text: str) -> set[str]:
    """The words of a text, in small letters."""
    return set(re.findall(r"\w+", text.lower()))


def _own_words(names: Mapping[str, Sequence[str]], templates: Sequence[str]) -> frozenset[str]:
    texts = [*templates, *(text for each in names.values() for text in each)]
    return frozenset().union(*map(words_of, texts))


# Words that carry no picture may stand on both sides: "a photo of" and "a view of" share two of three.
_LITTLE = frozenset(["a", "an", "the", "of", "and", "on", "with", "in", "here", "one", "sees", "my"])
UNSEEN_WORDS = _own_words(UNSEEN_NAMES, UNSEEN_TEMPLATES) - _LITTLE
"""The words that no training caption holds."""
