"""Checks of clip-predict: the class that the descriptions decide, and what descriptions were asked about."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tools.exercises.checking import Checks, Learner
from tools.exercises.comparing import as_array

Array = np.ndarray
checks = Checks()


@checks.check("the class whose description fits best is chosen")
def best(learner: Learner, random: np.random.Generator) -> None:
    scene = _scene(random, 3)
    for number in range(3):
        _expect(learner, scene, number)


@checks.check("every class can come out, whatever their number")
def every(learner: Learner, random: np.random.Generator) -> None:
    scene = _scene(random, int(random.integers(5, 9)))
    for number in random.permutation(len(scene.names)):
        _expect(learner, scene, int(number))


@checks.check("each class name stands in a description of its own")
def described(learner: Learner, random: np.random.Generator) -> None:
    scene = _scene(random, 4)
    _expect(learner, scene, int(random.integers(4)))
    missing = [name for name in scene.names if not any(_names_in(text, [name]) for text in scene.texts)]
    if missing:
        learner.fail(
            "a description for each class, with the class's name in it",
            call=_call(scene),
            wrong=f"no text holds {missing[0]!r}; the model was asked about {_listed(scene.texts)}",
        )


@checks.check("names of two words, in any order, keep their places")
def places(learner: Learner, random: np.random.Generator) -> None:
    scene = Scene(["street", "polar bear", "Glacier", "fire engine", "desk"], random)
    for number in (1, 4, 2):
        _expect(learner, scene, number)


@checks.check("long vectors have no advantage")
def lengths(learner: Learner, random: np.random.Generator) -> None:
    scene = _scene(random, 4)
    scene.lengths = random.permutation([1.0, 4.0, 9.0, 16.0])
    for number in range(4):
        _expect(learner, scene, number)


@checks.check("images of other sizes and kinds are taken as well")
def images(learner: Learner, random: np.random.Generator) -> None:
    scene = _scene(random, 4)
    for number, (mode, height, width) in enumerate((("RGBA", 60, 48), ("P", 24, 90), ("RGB", 31, 44))):
        _expect(learner, scene, number + 1, mode, height, width)


@checks.sign("no-padding")
def no_padding(tree: ast.Module, message: str) -> bool:
    return "activate truncation and/or padding" in message


@checks.sign("no-tensors")
def no_tensors(tree: ast.Module, message: str) -> bool:
    return "should be a tensor, not" in message


@checks.sign("wrong-axis")
def wrong_axis(tree: ast.Module, message: str) -> bool:
    """Class 0 came out, and something runs along axis 0."""
    if not re.search(r"^came back: (tensor\()?\[?0[\],) \n]", message, flags=re.M):
        return False
    calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call)]
    along = [key.value for each in calls for key in each.keywords if key.arg in ("dim", "axis")]
    named = [each for each in calls if isinstance(each.func, ast.Attribute)]
    along += [each.args[-1] for each in named if each.args and getattr(each.func, "attr", "") in _ALONG]
    return any(isinstance(each, ast.Constant) and each.value == 0 for each in along)


@dataclass
class Scene:
    """Classes with an image each, and the vectors a CLIP would give; keeps the texts it was asked about."""

    names: list[str]
    random: np.random.Generator
    texts: list[str] = field(default_factory=list)
    wordings: dict[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        classes = len(self.names)
        axes = np.linalg.qr(self.random.normal(size=(_WIDTH, _WIDTH)))[0]
        self.classes = axes[:classes] + 0.4 * axes[classes]  # what all photos have in common
        self.lengths = np.ones(classes)
        self.tiles = [self.random.integers(0, 256, size=(_TILES, _TILES, 3)) for _ in self.names]
        self.dots = 0.15 * self.random.normal(size=(classes, _WIDTH)) / np.sqrt(_WIDTH)

    def pixels(self, number: int, height: int, width: int) -> Array:
        """An image of a class, as tiles of colour."""
        rows, columns = np.arange(height) * _TILES // height, np.arange(width) * _TILES // width
        return np.asarray(self.tiles[number][rows][:, columns], dtype=np.uint8)

    def embed_texts(self, ids: Any) -> Array:
        """The vectors [texts, width] of token ids [texts, tokens]."""
        array = as_array(ids)
        if array is None or array.ndim != 2:
            raise ValueError("input_ids should have the shape [texts, tokens]")
        read = ["".join(chr(each) for each in row if each > 2) for row in array.astype(int).tolist()]
        self.texts += [each for each in read if each not in self.texts]
        return np.stack([self._text_vector(each) for each in read]).astype(np.float32)

    def embed_images(self, pixels: Any) -> Array:
        """The vectors [images, width] of pixels [images, 3, side, side]."""
        array = as_array(pixels)
        if array is None or array.ndim != 4:
            raise ValueError("pixel_values should have the shape [images, 3, height, width]")
        return np.stack([self._image_vector(each) for each in array]).astype(np.float32)

    def _text_vector(self, text: str) -> Array:
        held = _names_in(text, self.names)
        bare = text.strip().strip(".").lower() in [name.lower() for name in self.names]
        if len(held) != 1:
            return self._wording(text)
        number = held[0]
        if bare:  # a word alone means something else
            return np.asarray(self.classes[(number + 1) % len(self.names)])
        return np.asarray(self.lengths[number] * (self.classes[number] + 0.15 * self._wording(text)))

    def _image_vector(self, pixels: Array) -> Array:
        side = pixels.shape[-1]
        middle = (np.arange(_TILES) * 2 + 1) * side // (2 * _TILES)
        seen = pixels[:, middle][:, :, middle].transpose(1, 2, 0)
        seen = (seen - seen.mean()) / (seen.std() + 1e-6)
        fits = [float((seen * ((each - each.mean()) / each.std())).mean()) for each in self.tiles]
        number = int(np.argmax(fits))
        return np.asarray(3.0 * (self.classes[number] + self.dots[number]))

    def _wording(self, text: str) -> Array:
        """What a text adds of its own: a random direction, the same each time."""
        if text not in self.wordings:
            self.wordings[text] = self.random.normal(size=_WIDTH) / np.sqrt(_WIDTH)
        return self.wordings[text]


def _expect(
    learner: Learner, scene: Scene, number: int, mode: str = "RGB", height: int = 40, width: int = 56
) -> None:
    """Fail unless an image of class `number` is recognised by descriptions."""
    scene.texts.clear()
    model = learner.stage("make_model", scene.embed_texts, scene.embed_images)
    image = learner.stage("make_image", scene.pixels(number, height, width), mode)
    value = learner.call("clip_predict", image, model, learner.stage("make_processor"), scene.names)
    learner.compare(
        value,
        number,
        words=f"the place of the class whose description fits best; the image shows {scene.names[number]!r}, "
        f"and the model was asked about {_listed(scene.texts)}",
        call=_call(scene),
        mistake=_mistake(learner, scene, number, value),
    )
    if not scene.texts:
        learner.fail("an answer from the model, by descriptions of the classes", call=_call(scene))
    if _bare(scene):
        learner.fail(
            "a description of each class",
            mistake="bare-names",
            call=_call(scene),
            wrong=f"the model was asked about {_listed(scene.texts)}",
        )


def _mistake(learner: Learner, scene: Scene, number: int, value: Any) -> str:
    """The mistake that a wrong answer comes from."""
    if _bare(scene):
        return "bare-names"
    if isinstance(value, str):
        return "returns-name" if value in scene.names else ""
    if scene.texts and all(len(_names_in(text, scene.names)) == len(scene.names) for text in scene.texts):
        return "one-description"
    place = as_array(value)
    if place is None or place.ndim or int(place) == number:
        return ""
    answer = int(place)
    if wrong_axis(learner.tree, f"came back: {answer}\n"):
        return "wrong-axis"
    held = [_names_in(text, scene.names) for text in scene.texts]
    order = [each[0] for each in held if len(each) == 1]
    if sorted(order) != list(range(len(scene.names))):
        return ""
    texts = np.stack([scene._text_vector(text) for text in scene.texts])
    image = scene.classes[number] + scene.dots[number]
    cosines = texts @ image / np.linalg.norm(texts, axis=1)
    if order != sorted(order) and answer == order.index(number):
        return "other-order"
    if answer == order[int(np.argmin(cosines))] and _uses(learner.tree, _LEAST):
        return "worst-match"
    unequal = answer == order[int(np.argmax(texts @ image))] and _uses(learner.tree, ("get_text_features",))
    return "not-normalised" if unequal else ""


def _uses(tree: ast.Module, names: tuple[str, ...]) -> bool:
    """Whether one of these names or attributes occurs: a wrong place alone may be chance."""
    return any(getattr(each, "attr", getattr(each, "id", "")) in names for each in ast.walk(tree))


def _bare(scene: Scene) -> bool:
    """Whether the model was asked about a class name with nothing around it."""
    names = {name.lower() for name in scene.names}
    return any(re.sub(r"[\s.,!]+$", "", text).strip().lower() in names for text in scene.texts)


def _names_in(text: str, names: list[str]) -> list[int]:
    """The places of the names that stand in a text, as words; the plural counts as well."""
    return [
        place
        for place, name in enumerate(names)
        if re.search(rf"\b{re.escape(name.lower())}(s|es)?\b", text.lower().replace("_", " "))
    ]


def _listed(texts: list[str]) -> str:
    shown = ", ".join(repr(each[:60]) for each in texts[:3])
    return (shown + (", …" if len(texts) > 3 else "")) or "nothing"


def _call(scene: Scene) -> str:
    return f"clip_predict(image, model, processor, {scene.names})"


def _scene(random: np.random.Generator, classes: int) -> Scene:
    """Classes in no particular order: neither by the alphabet nor against it."""
    while True:
        names = [str(each) for each in random.choice(_WORDS, size=classes, replace=False)]
        if names not in (sorted(names), sorted(names, reverse=True)) and sorted(names)[0] != names[0]:
            return Scene(names, random)


_WORDS = ("crane", "boxer", "forest", "street", "glacier", "bridge", "mouse", "harbour", "bat", "castle")
_WIDTH = 16
_TILES = 4
_LEAST = ("argmin", "min", "argsort", "sort", "sorted", "topk")
_ALONG = ("softmax", "argmax", "max", "topk", "sort")
