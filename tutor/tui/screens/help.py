"""The help: what each panel says of itself, and its keys."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import dedent
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Footer

from tutor.tui.commands import COMMANDS
from tutor.tui.widgets.chat.markdown import CourseMarkdown


class HelpScreen(ModalScreen[None]):
    """Built from the HELP texts and bindings of the screen it was opened over, the focused panel first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,q", "close", "Back", id="help.close", tooltip="Close the help")
    ]
    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;
        background: $background 60%;
        & > Vertical {
            width: 92; max-width: 96%; height: 90%;
            border: round $border; border-title-color: $primary; border-title-style: bold;
            background: $surface;
            & > VerticalScroll { padding: 1 2; scrollbar-size-vertical: 1; }
        }
    }
    """

    def __init__(self, over: Screen[Any]) -> None:
        super().__init__()
        self._text = "\n\n".join(_pages(over))

    def compose(self) -> ComposeResult:
        """The text."""
        with Vertical() as box:
            box.border_title = "Help"
            with VerticalScroll():
                yield CourseMarkdown(self._text)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Ready for scrolling."""
        self.query_one(VerticalScroll).focus()

    def action_close(self) -> None:
        """Close."""
        self.dismiss(None)


def _pages(screen: Screen[Any]) -> Iterator[str]:
    focused = screen.focused
    first: list[DOMNode] = list(focused.ancestors_with_self) if focused else []
    others: list[DOMNode] = [screen, *screen.walk_children(Widget)]
    seen: set[type[DOMNode]] = set()
    for node in [*first, *others]:
        text = getattr(node, "HELP", None)
        if text and type(node) not in seen:
            seen.add(type(node))
            yield f"{dedent(text).strip()}\n\n{_keys(node)}"
    if any(page.__name__ == "MainScreen" for page in seen):
        yield _commands()


def _keys(node: DOMNode) -> str:
    """The node's own keys as a list."""
    rows: dict[str, tuple[list[str], str]] = {}
    for binding in type(node).__dict__.get("BINDINGS", []):
        for made in Binding.make_bindings([binding]):
            keys, _ = rows.setdefault(made.action, ([], made.tooltip or made.description))
            keys.append(key_name(made.key))
    return "\n".join(f"- **{' · '.join(keys)}** {text}" for keys, text in rows.values())


def key_name(key: str) -> str:
    """A key as it stands on the keyboard: "ctrl+j" is Ctrl+J."""
    *modifiers, last = key.split("+")
    last = _KEYS.get(last, last)
    last = last.upper() if len(last) == 1 and modifiers else last
    return "+".join([*(modifier.capitalize() for modifier in modifiers), last])


def _commands() -> str:
    lines = [f"- **{f'{each.slash} {each.argument}'.strip()}** {each.help}" for each in COMMANDS]
    return "\n".join(["## Commands", "", *lines]).replace("[", "\\[")


_KEYS = {
    "left_square_bracket": "\\[", "right_square_bracket": "\\]", "enter": "Enter", "escape": "Esc",
    "up": "↑", "down": "↓", "left": "←", "right": "→", "end": "End", "home": "Home", "delete": "Del",
    "pageup": "Page Up", "pagedown": "Page Down", "backspace": "Backspace", "space": "Space",
    "tab": "Tab", "underscore": "_", "slash": "/",
    **{f"f{n}": f"F{n}" for n in range(1, 13)},
}  # fmt: skip
