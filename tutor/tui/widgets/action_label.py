"""A few words that do something when clicked."""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.widgets import Static


class ActionLabel(Static):
    """Plain text that runs the action `name` of the nearest ancestor that has one, when clicked."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    ActionLabel {
        width: auto;
        height: 1;
        color: $text-accent;
        &:hover { background: $accent; color: $background; text-style: bold; }
    }
    """

    class Chosen(Message):
        """The label was clicked."""

        def __init__(self, label: ActionLabel) -> None:
            super().__init__()
            self.label = label

        @property
        def control(self) -> ActionLabel:
            """The label."""
            return self.label

    def __init__(self, text: str, action: str, *, classes: str = "", tooltip: str = "") -> None:
        super().__init__(text, markup=False, classes=classes or None)
        self.action_name = action
        if tooltip:
            self.tooltip = tooltip

    async def on_click(self, event: events.Click) -> None:
        """Run the action."""
        event.stop()
        for node in self.ancestors:
            if hasattr(node, f"action_{self.action_name}"):
                await self.app.run_action(self.action_name, node)
                return
        self.post_message(self.Chosen(self))
