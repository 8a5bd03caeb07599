"""Pictures with their classes, as the labs on images take them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tools.errors import ToolsError

Pixels = npt.NDArray[np.uint8]


class NotEnoughImages(ToolsError):
    """A data set has fewer pictures than a split asks for."""

    title = "Too few pictures"
    exit_code = 2


@dataclass(frozen=True)
class Images:
    """A set of pictures of one size, with one class each.

    `pixels` is uint8 [n, height, width, 3] (red, green, blue); `labels[i]` indexes `label_names`;
    `captions` and `attributes` have one entry a picture or are empty; `hash` is that of pixels and
    labels, so that two runs can tell whether they saw the same pictures.
    """

    pixels: Pixels
    labels: list[int]
    label_names: list[str]
    name: str
    source: str
    hash: str = ""
    captions: Sequence[str] = ()
    attributes: Sequence[Mapping[str, Any]] = field(default=(), repr=False)
    note: str = ""

    def __post_init__(self) -> None:
        if not self.hash:
            object.__setattr__(self, "hash", content_hash(self.pixels, self.labels))

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: Sequence[int] | npt.NDArray[np.integer[Any]]) -> Images:
        """The pictures with these numbers, in this order, as a set of their own."""
        chosen = [int(row) for row in rows]
        return replace(
            self,
            pixels=self.pixels[chosen],
            labels=[self.labels[row] for row in chosen],
            captions=[self.captions[row] for row in chosen] if self.captions else (),
            attributes=[self.attributes[row] for row in chosen] if self.attributes else (),
            hash="",
        )

    def distinct(self) -> int:
        """How many different pictures there are."""
        return len(_distinct(self.pixels))

    def split(self, train: int, test: int, seed: int) -> tuple[Images, Images]:
        """`train` and `test` pictures with the classes in the same shares, no picture in both.

        Pictures whose pixels are equal count as one and stay on one side. Raises NotEnoughImages
        where there are fewer different pictures than asked for.
        """
        rows = _distinct(self.pixels)
        if len(rows) < train + test:
            raise NotEnoughImages(
                f"{self.name} has {len(rows)} different picture{'s' * (len(rows) != 1)}; {train} for "
                f"training and {test} for testing were asked for.",
                help=f"Ask for at most {len(rows)} in all, for example train_size={len(rows) * 3 // 4} "
                f"and test_size={len(rows) // 4}."
                if len(rows) >= 10
                else "Give more pictures; equal ones count as one.",
            )
        order = _interleaved([self.labels[row] for row in rows], np.random.default_rng(seed))
        chosen = [rows[place] for place in order]
        return self.take(chosen[:train]), self.take(chosen[train : train + test])


def content_hash(pixels: Pixels, labels: Sequence[int]) -> str:
    """The SHA-256 of a set's shape, pixels and labels, in hexadecimal."""
    digest = hashlib.sha256(repr(pixels.shape).encode())
    digest.update(np.ascontiguousarray(pixels).tobytes())
    digest.update(np.asarray(labels, dtype=np.int64).tobytes())
    return digest.hexdigest()


def _distinct(pixels: Pixels) -> list[int]:
    seen: dict[bytes, int] = {}
    for row, picture in enumerate(pixels):
        seen.setdefault(hashlib.sha256(picture.tobytes()).digest(), row)
    return list(seen.values())


def _interleaved(labels: Sequence[int], rng: np.random.Generator) -> list[int]:
    """An order in which every stretch holds the classes in about the shares of the whole."""
    # The k-th of m pictures of a class goes to place (k + chance) / m of the whole: stratified for
    # every cut at once, and without a rule for the remainders.
    place = np.empty(len(labels))
    of_class = np.asarray(labels)
    for label in np.unique(of_class):
        rows = rng.permutation(np.flatnonzero(of_class == label))
        place[rows] = (np.arange(len(rows)) + rng.random()) / len(rows)
    return [int(row) for row in np.argsort(place, kind="stable")]
