"""Checks of patchify: which number of the image stands where, and the sizes that do not fit."""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.exercises.checking import Checks, Learner
from tools.exercises.comparing import TOLERANCE, call_text

Array = np.ndarray
checks = Checks()


@checks.check("a small image is cut into squares, row by row")
def small(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, np.arange(1, 9).reshape(2, 4, 1), 2)
    _expect(learner, np.arange(16).reshape(4, 4, 1), 2)
    _expect(learner, random.integers(0, 256, size=(6, 6, 1)), 3)


@checks.check("the numbers of one pixel stand side by side")
def channels(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, np.arange(48).reshape(4, 4, 3), 2)
    _expect(learner, random.normal(size=(4, 4, int(random.integers(2, 5)))), 2)


@checks.check("height and width may differ")
def oblong(learner: Learner, random: np.random.Generator) -> None:
    for _ in range(4):
        size, rows, columns = (int(each) for each in random.integers(2, 5, size=3))
        columns += columns == rows
        image = random.normal(size=(rows * size, columns * size, int(random.integers(1, 5))))
        _expect(learner, image, size)
        _expect(learner, image.transpose(1, 0, 2).copy(), size)


@checks.check("one patch for each pixel, and one for the whole image")
def ends(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, random.integers(0, 256, size=(3, 5, 3)), 1)
    _expect(learner, random.integers(0, 256, size=(4, 4, 3)), 4)


@checks.check("224 by 224 pixels and patches of 16 give 196 rows of 768 numbers")
def photograph(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, random.integers(0, 256, size=(224, 224, 3), dtype=np.uint8), 16)


@checks.check("a size that does not divide height and width raises ValueError")
def unfit(learner: Learner, random: np.random.Generator) -> None:
    for height, width, size in ((4, 6, 4), (6, 4, 4), (5, 5, 2), (2, 4, 4), (9, 4, 6)):
        _refused(learner, np.arange(height * width * 3).reshape(height, width, 3), size)


@checks.mistake("reshape-only")
def reshape_only(image: Array, size: int) -> Array:
    return image.reshape(-1, size * size * image.shape[2])


@checks.mistake("columns-first")
def columns_first(image: Array, size: int) -> Array:
    return np.stack([each.reshape(-1) for each in _cut(image.transpose(1, 0, 2), size, turned=True)])


@checks.mistake("turned-pixels")
def turned_pixels(image: Array, size: int) -> Array:
    return np.stack([each.transpose(1, 0, 2).reshape(-1) for each in _cut(image, size)])


@checks.mistake("channels-first")
def channels_first(image: Array, size: int) -> Array:
    return np.stack([each.transpose(2, 0, 1).reshape(-1) for each in _cut(image, size)])


@checks.mistake("not-flattened")
def not_flattened(image: Array, size: int) -> Array:
    return np.stack(_cut(image, size))


@checks.mistake("not-flattened")
def still_a_grid(image: Array, size: int) -> Array:
    return np.stack(_cut(image, size)).reshape(image.shape[0] // size, image.shape[1] // size, -1)


@checks.mistake("square-only")
def height_twice(image: Array, size: int) -> Array:
    return right(image[:, : image.shape[0]], size)


@checks.mistake("square-only")
def width_twice(image: Array, size: int) -> Array:
    return right(image[: image.shape[1]], size)


def right(image: Array, size: int) -> Array:
    """The patches of an image that `size` divides."""
    return np.stack([each.reshape(-1) for each in _cut(image, size)])


def _cut(image: Array, size: int, turned: bool = False) -> list[Array]:
    """The squares of an image in reading order; `turned` gives each back with its axes exchanged."""
    squares = [
        image[top : top + size, left : left + size]
        for top in range(0, image.shape[0], size)
        for left in range(0, image.shape[1], size)
    ]
    return [each.transpose(1, 0, 2) for each in squares] if turned else squares


def _expect(learner: Learner, image: Array, size: int) -> None:
    value = learner.call("patches", image, size)
    gives = right(image, size)
    rows = _rows(value)
    learner.compare(
        rows,
        gives,
        words=f"{image.shape[0] // size * (image.shape[1] // size)} rows, one for each square of {size} by "
        f"{size} pixels from the upper left to the lower right; in a row: row, column, channel",
        call=call_text("patches", (image, size), {}),
        mistake=learner.recognise("patches", rows, gives, (image, size), {}, TOLERANCE),
    )


def _rows(value: Any) -> Any:
    """A list of equally long rows as the array that it stands for; anything else as it is."""
    if not isinstance(value, list):
        return value
    try:
        array = np.array(value)
    except ValueError:
        return value
    return array if array.dtype.kind in "iuf" else value


def _refused(learner: Learner, image: Array, size: int) -> None:
    height, width, _ = image.shape
    words = f"a ValueError, as {size} does not divide a height of {height} and a width of {width}"
    raised = learner.raises("patches", image, size, words=words, mistake="cut-off")
    if "ValueError" not in raised.bases:
        learner.fail(
            words,
            call=f"patches(image of {height} by {width}, {size})",
            wrong=f"it raised {raised.type}: {raised.message[:200]}",
        )
