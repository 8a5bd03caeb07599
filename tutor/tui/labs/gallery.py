"""Pictures side by side, each with its caption; and single examples, as text or as a picture."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal, ItemGrid, Vertical
from textual.content import Content
from textual.widgets import Static

from tutor.tui.labs.pixel_view import picture_widget
from tutor.tui.labs.words import number
from tutor.tui.plain_text import clean, one_line

MOST_PICTURES = 36
MOST_EXAMPLES = 60
_LINES = 8


class Gallery(Vertical):
    """An images artifact, {"pixels", "captions"}."""

    DEFAULT_CSS = """
    Gallery {
        height: auto;
        & > ItemGrid { height: auto; grid-gutter: 1 2; }
        & ItemGrid > Vertical { height: auto; }
        & .caption { color: $text-muted; max-height: 2; }
    }
    """

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__()
        self._data = data

    def compose(self) -> ComposeResult:
        """A grid; what does not fit into it is counted."""
        pixels, captions = self._data["pixels"], self._data.get("captions") or []
        with ItemGrid(min_column_width=16):
            for index, each in enumerate(pixels[:MOST_PICTURES]):
                caption = one_line(str(captions[index])) if index < len(captions) else ""
                with Vertical():
                    yield picture_widget(each, _LINES)
                    yield Static(caption, classes="caption", markup=False)
        if len(pixels) > MOST_PICTURES:
            words = f"… and {len(pixels) - MOST_PICTURES:,} more in the run's folder"
            yield Static(words, classes="caption", markup=False)


class Examples(Vertical):
    """An examples artifact, {"items"}: the text or picture, what is true, what was predicted, how surely."""

    DEFAULT_CSS = """
    Examples {
        height: auto;
        & > Horizontal { height: auto; margin: 0 0 1 0; }
        & > Horizontal > Static { width: 1fr; }
        & > Horizontal > .picture { width: 18; height: auto; margin-right: 2; }
        & > Static { margin: 0 0 1 0; }
    }
    """

    def __init__(self, data: dict[str, Any], pictures: Any = None) -> None:
        super().__init__()
        self._items = data.get("items", [])
        self._pictures = pictures

    def compose(self) -> ComposeResult:
        """One after the other."""
        for item in self._items[:MOST_EXAMPLES]:
            pixels = self._picture(item.get("image"))
            if pixels is None:
                yield Static(_words(item), classes="example")
            else:
                with Horizontal():
                    with Vertical(classes="picture"):
                        yield picture_widget(pixels, _LINES)
                    yield Static(_words(item), classes="example")
        if len(self._items) > MOST_EXAMPLES:
            words = f"… and {len(self._items) - MOST_EXAMPLES:,} more in the run's folder"
            yield Static(Content.styled(words, "$foreground 60%"))
        if not self._items:
            yield Static(Content.styled("There is none.", "$foreground 60%"))

    def _picture(self, index: object) -> Any:
        if not isinstance(index, int) or self._pictures is None or not 0 <= index < len(self._pictures):
            return None
        return self._pictures[index]


def _words(item: dict[str, Any]) -> Content:
    """ "positive, read as negative · 0.93" and the text below."""
    truth, predicted = item.get("truth"), item.get("predicted")
    head: list[tuple[str, str]] = []
    if truth is not None:
        head.append((one_line(str(truth), 60), "bold $success"))
    if predicted is not None:
        wrong = truth is not None and str(truth) != str(predicted)
        head += [("  read as  ", "$foreground 60%")] if truth is not None else []
        head.append((one_line(str(predicted), 60), "bold $error" if wrong else "bold $success"))
    if item.get("score") is not None:
        head.append((f"  {number(item['score'])}", "$foreground 60%"))
    others = {k: v for k, v in item.items() if k not in {"text", "image", "truth", "predicted", "score"}}
    head += [
        (f"  {one_line(k, 30)} {one_line(number(v), 200)}", "$foreground 60%") for k, v in others.items()
    ]
    text = clean(str(item.get("text", ""))).strip()
    lines = [Content.assemble(*head)] if head else []
    lines += [Content(text)] if text else []
    return Content("\n").join(lines)
