"""Pictures as half blocks: each cell shows two pixels, one above the other, in every colour terminal."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]


def half_blocks(pixels: Pixels) -> list[Strip]:
    """A picture, uint8 [height, width, 3], as strips of `width` cells; two rows of pixels make one strip."""
    height, width, _ = pixels.shape
    rows: Any = pixels.tolist()
    ground = [None] * width
    strips = []
    for y in range(0, height, 2):
        below = rows[y + 1] if y + 1 < height else ground
        segments = [
            Segment("▀", _style(tuple(top), tuple(low) if low else None))
            for top, low in zip(rows[y], below, strict=True)
        ]
        strips.append(Strip(segments, width).simplify())
    return strips


def fitted(pixels: Pixels, columns: int, lines: int) -> Pixels:
    """The picture resized so that it fills `columns` cells or `lines` lines, whichever comes first.

    Smaller pictures grow by whole factors without smoothing, so that single pixels stay visible; larger
    ones shrink to the mean of what falls together.
    """
    import numpy as np

    height, width, _ = pixels.shape
    room_across, room_down = max(1, columns), max(2, lines * 2)
    factor = min(room_across // width, room_down // height)
    if factor >= 1:
        grown: Pixels = np.repeat(np.repeat(pixels, factor, axis=0), factor, axis=1)
        return grown
    scale = min(room_across / width, room_down / height)
    return _shrunk(pixels, max(1, round(height * scale)), max(1, round(width * scale)))


def _shrunk(pixels: Pixels, height: int, width: int) -> Pixels:
    """Each new pixel is the mean of the old ones that fall into it."""
    import numpy as np

    rows = np.linspace(0, pixels.shape[0], height + 1).round().astype(int)
    columns = np.linspace(0, pixels.shape[1], width + 1).round().astype(int)
    sums = np.add.reduceat(pixels.astype(np.float32), rows[:-1], axis=0)
    sums = np.add.reduceat(sums, columns[:-1], axis=1)
    counts = np.diff(rows)[:, None, None] * np.diff(columns)[None, :, None]
    means: Pixels = np.clip(sums / counts, 0, 255).astype(np.uint8)
    return means


@lru_cache(maxsize=65_536)
def _style(top: tuple[int, int, int], low: tuple[int, int, int] | None) -> Style:
    below = "" if low is None else " on #{:02x}{:02x}{:02x}".format(*low)
    return Style.parse("#{:02x}{:02x}{:02x}".format(*top) + below)
