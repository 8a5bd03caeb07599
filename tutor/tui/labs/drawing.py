"""A widget that shows lines made for its width: tables, bars, heat maps; redrawn when its data changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.app import App, RenderResult
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

Draw = Callable[[Any, int, App[Any]], list[Content]]
"""Lines for the data, given the width in cells and the app whose theme has the colours."""


class Drawing(Widget):
    """Shows what `draw` makes of `data`; as high as its lines, and as wide as the widest may need."""

    DEFAULT_CSS = """
    Drawing { height: auto; width: 1fr; text-wrap: nowrap; text-overflow: clip; }
    """

    def __init__(self, draw: Draw, data: Any, *, classes: str = "") -> None:
        super().__init__(classes=classes or None)
        self._draw = draw
        self._data = data
        self._made: tuple[tuple[int, str], list[Content]] | None = None

    def update(self, data: Any) -> None:
        """Show other data; laid out anew only where the number of lines changes.

        Raises what `draw` raises where the data are not what it takes; the old ones then stay.
        """
        self._draw(data, 80, self.app)
        lines_before = len(self._made[1]) if self._made else -1
        self._data = data
        self._made = None
        width = self.size.width
        self.refresh(layout=not width or len(self._lines(width)) != lines_before)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are at this width."""
        return len(self._lines(width))

    def render(self) -> RenderResult:
        """The lines."""
        return Content("\n").join(self._lines(self.size.width))

    def _lines(self, width: int) -> list[Content]:
        key = (width, self.app.theme)
        if self._made is None or self._made[0] != key:
            self._made = (key, self._draw(self._data, max(1, width), self.app))
        return self._made[1]
