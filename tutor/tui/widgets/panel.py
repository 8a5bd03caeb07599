"""What the side panels have in common: a frame with a title that shows which one has the focus."""

from __future__ import annotations

from textual.containers import Vertical


class Panel(Vertical):
    """A framed panel; its frame is bright while something in it has the focus."""

    DEFAULT_CSS = """
    Panel {
        border: round $border-blurred;
        border-title-color: $text-muted;
        border-subtitle-color: $text-muted;
        background: $background;
        padding: 0;
        &:focus-within {
            border: round $border;
            border-title-color: $primary;
            border-title-style: bold;
        }
        &:ansi { background: ansi_default; }
    }
    """
