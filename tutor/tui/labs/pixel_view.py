"""A picture in the terminal: as half blocks, or with the terminal's own graphics where it has them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from tutor.tui.labs.blocks import Pixels


class PixelView(Widget):
    """Shows pixels, uint8 [height, width, 3], as large as its width and `lines` allow; can be redrawn.

    `lines` below 0 counts from the height of the screen: what other things there take up.
    """

    DEFAULT_CSS = "PixelView { height: auto; width: 1fr; }"

    def __init__(self, pixels: Pixels, lines: int = 24, *, classes: str = "") -> None:
        super().__init__(classes=classes or None)
        self._pixels = pixels
        self._lines = lines
        self._made: tuple[tuple[int, int], list[Strip]] | None = None

    def update(self, pixels: Pixels) -> None:
        """Show other pixels; laid out anew only where their shape changes."""
        same = pixels.shape == self._pixels.shape
        self._pixels = pixels
        self._made = None
        self.refresh(layout=not same)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """As wide as the picture becomes."""
        return self._strips(container.width)[0].cell_length

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the picture takes at this width."""
        return len(self._strips(width))

    def render_line(self, y: int) -> Strip:
        """Two rows of pixels."""
        strips = self._strips(self.size.width)
        if y >= len(strips):
            return Strip.blank(self.size.width, self.rich_style)
        strip = strips[y]
        return strip.extend_cell_length(self.size.width, self.rich_style).crop(0, self.size.width)

    def _strips(self, width: int) -> list[Strip]:
        from tutor.tui.labs.blocks import fitted, half_blocks

        lines = self._lines if self._lines > 0 else max(5, self.app.size.height + self._lines)
        if self._made is None or self._made[0] != (width, lines):
            self._made = ((width, lines), half_blocks(fitted(self._pixels, max(1, width), lines)))
        return self._made[1]


def picture_widget(pixels: Pixels, lines: int) -> Widget:
    """A widget for a picture that stays: the terminal's own graphics where it has them, else half blocks."""
    images: Any = sys.modules.get("textual_image.widget")
    if images is None:
        return PixelView(pixels, lines)
    from PIL import Image

    height, width, _ = pixels.shape
    widget: Widget = images.Image(Image.fromarray(pixels))
    widget.styles.height = lines
    widget.styles.width = max(1, round(lines * 2 * width / height))
    return widget


def look_for_graphics() -> bool:
    """Find out whether the terminal draws pictures itself; only before the app takes the terminal over.

    Importing textual_image asks the terminal, so it is done only in terminals that are known to
    answer, and never inside tmux or screen, which swallow pictures.
    """
    program = os.environ.get("TERM_PROGRAM", "").lower()
    kind = os.environ.get("TERM", "").lower()
    known = (
        program in {"wezterm", "iterm.app", "ghostty", "mintty"}
        or any(name in kind for name in ("kitty", "ghostty", "foot", "mlterm"))
        or "KITTY_WINDOW_ID" in os.environ
    )
    if not known or os.environ.get("TMUX") or kind.startswith(("screen", "tmux")):
        return False
    try:
        from textual_image.renderable import Image, SixelImage, TGPImage
    except Exception:  # not installed, or a terminal that answered something else: half blocks do
        sys.modules.pop("textual_image.widget", None)
        return False
    if Image is SixelImage or Image is TGPImage:
        return True
    sys.modules.pop("textual_image.widget", None)
    return False
