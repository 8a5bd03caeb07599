"""What a run made to be looked at, each kind in its own way; redrawn in place when the run replaces it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tutor.tui.labs.bars import bar_lines
from tutor.tui.labs.colours import place
from tutor.tui.labs.drawing import Drawing
from tutor.tui.labs.gallery import Examples, Gallery
from tutor.tui.labs.heat import fits_cells, heat_lines, heat_ramp, matrix_lines, scale_bounds, scale_of
from tutor.tui.labs.picture import Shown
from tutor.tui.labs.pixel_view import PixelView
from tutor.tui.labs.tables import table_lines
from tutor.tui.plain_text import clean, one_line

_DRAWN = {"table": table_lines, "matrix": matrix_lines, "bars": bar_lines}
_NARROWEST = 50
_MISSHAPEN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What drawing raises for data that are not what their kind says, as a file edited by hand may hold."""


class HeatPicture(Vertical):
    """A heat map without room for labels: a pixel a value, and the scale below."""

    DEFAULT_CSS = """
    HeatPicture {
        height: auto;
        & > Static { height: 1; margin: 1 0 0 0; text-wrap: nowrap; }
    }
    """

    def __init__(self, data: dict[str, Any], pixels: Any, lines: int) -> None:
        super().__init__()
        self._data = data
        self._pixels = pixels
        self._lines = lines

    def compose(self) -> ComposeResult:
        """The picture and its scale."""
        yield PixelView(self._pixels, self._lines)
        yield Static(scale_of(self._data, self.app))

    def update(self, data: dict[str, Any]) -> None:
        """Draw other values; the scale only where its ends move."""
        self.query_one(PixelView).update(heat_pixels(self.app, data))
        if scale_bounds(data) != scale_bounds(self._data):
            self.query_one(Static).update(scale_of(data, self.app))
        self._data = data


class ArtifactView(Vertical):
    """One artifact under its title."""

    DEFAULT_CSS = """
    ArtifactView {
        height: auto;
        margin: 0 0 1 0;
        & > .title { color: $primary; text-style: bold; margin: 0 0 1 0; }
        & > .unreadable { color: $text-warning; }
        & > .path { color: $text-muted; }
    }
    """

    def __init__(self, shown: Shown, others: Mapping[str, Shown], *, lines: int = -8) -> None:
        super().__init__()
        self.shown = shown
        self._others = others
        self._lines = lines
        self._pixels = False

    def compose(self) -> ComposeResult:
        """The title and what there is to see."""
        yield Static(one_line(self.shown.artifact.title), classes="title", markup=False)
        yield self._body()

    async def update(self, shown: Shown, others: Mapping[str, Shown]) -> None:
        """Show what has taken the artifact's place; in place where it is of the same shape."""
        if shown is self.shown:
            return
        self.shown, self._others = shown, others
        self.query_one(".title", Static).update(one_line(shown.artifact.title))
        body = self.children[-1]
        try:
            if isinstance(body, Drawing) and shown.data is not None:
                body.update(shown.data)
                return
            if isinstance(body, HeatPicture) and shown.artifact.kind == "heatmap" and shown.data is not None:
                body.update(shown.data)
                return
        except _MISSHAPEN:  # of another shape than its kind says: begin anew
            pass
        await body.remove()
        await self.mount(self._body())

    def _body(self) -> Widget:
        shown = self.shown
        kind, data = shown.artifact.kind, shown.data
        if data is None:
            return Static(clean(shown.problem), classes="unreadable", markup=False)
        try:
            return self._widget(kind, data)
        except _MISSHAPEN as error:
            words = f"{shown.artifact.path.name} is not what a {kind} should be ({type(error).__name__})."
            return Static(clean(words), classes="unreadable", markup=False)

    def _widget(self, kind: str, data: Any) -> Widget:
        if kind in _DRAWN:
            _DRAWN[kind](data, 80, self.app)  # tells now, not while drawing, whether it is of that shape
            return Drawing(_DRAWN[kind], data)
        if kind == "heatmap":
            if fits_cells(data, max(_NARROWEST, self.app.size.width - 24)):
                heat_lines(data, 80, self.app)
                return Drawing(heat_lines, data)
            return HeatPicture(data, heat_pixels(self.app, data), self._lines)
        if kind == "images":
            pixels = data["pixels"]
            if pixels.ndim != 4 or pixels.shape[3] != 3 or 0 in pixels.shape[1:]:
                raise ValueError("pictures are [n, height, width, 3]")
            return Gallery(data)
        if kind == "examples":
            if not all(isinstance(item, dict) for item in data["items"]):
                raise ValueError("examples are objects")
            return Examples(data, self._pictures())
        if kind == "text":
            return Static(Content(clean(str(data["text"]))))
        return Static(clean(str(data.get("path", shown_path(self.shown)))), classes="path", markup=False)

    def _pictures(self) -> Any:
        """The pictures that examples point into: those of their own name's beginning, else the only ones."""
        found = [each for each in self._others.values() if each.artifact.kind == "images" and each.data]
        name = self.shown.artifact.name
        near = [each for each in found if each.artifact.name.startswith(name.split("-")[0])]
        chosen = near or found
        return chosen[0].data["pixels"] if chosen else None


def heat_pixels(app: Any, data: dict[str, Any]) -> Any:
    """A heat map as a picture: one pixel a value, uint8 [rows, columns, 3]."""
    import numpy as np

    values = data["values"]
    low, high = scale_bounds(data)
    ramp = heat_ramp(app, low, high)
    table = np.array([ramp.at(step / 255).rgb for step in range(256)], dtype=np.uint8)
    shares = [[place(value, low, high) or 0.0 for value in row] for row in values]
    return table[np.clip(np.array(shares) * 255, 0, 255).astype(np.uint8)]


def shown_path(shown: Shown) -> str:
    """Where the artifact lies."""
    return str(shown.artifact.path)
