"""What a citation in an answer says when it is chosen."""

from __future__ import annotations

from textual.message import Message
from textual.widget import Widget


class SourceCited(Message):
    """The citation of source `n` was chosen in `widget`."""

    def __init__(self, widget: Widget, n: int) -> None:
        super().__init__()
        self.widget = widget
        self.n = n
