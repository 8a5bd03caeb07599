"""One setting of a lab in a form: its name, a control, what it may be, and what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Select, Static, Switch

from tutor.tui.plain_text import clean, one_line

if TYPE_CHECKING:
    from tools.engine.settings import SettingInfo


class SettingField(Vertical):
    """Holds one setting's value as it is written; `problem` says what is wrong with it."""

    DEFAULT_CSS = """
    SettingField {
        height: auto;
        padding: 0 1;
        margin: 0 0 1 0;
        & > Horizontal { height: 1; }
        & .name { width: 20; text-wrap: nowrap; text-overflow: ellipsis; }
        & .allowed {
            width: 1fr; color: $text-muted; padding: 0 0 0 2; text-wrap: nowrap; text-overflow: ellipsis;
        }
        & .sentence { color: $text-muted; padding: 0 0 0 2; }
        & Input {
            width: 22; background: $panel;
            &.-long { width: 1fr; }
            &:focus { background: $block-cursor-background; }
        }
        & Select { width: 26; height: 1; &.-textual-compact > SelectCurrent { background: $panel; } }
        & Select:focus.-textual-compact > SelectCurrent { background: $block-cursor-background; }
        & Switch { border: none; height: 1; width: 8; padding: 0; &:focus { border: none; } }
        &.-changed .name { color: $text-accent; text-style: bold; }
        &.-wrong .sentence { color: $text-error; }
        &.-wrong Input { background: $error 25%; }
        &:focus-within { background: $surface; }
        &:focus-within .name { color: $primary; text-style: bold; }
    }
    """

    class Edited(Message):
        """The person changed the value."""

        def __init__(self, field: SettingField) -> None:
            super().__init__()
            self.field = field

    class Left(Message):
        """Enter was pressed in the field."""

        def __init__(self, field: SettingField) -> None:
            super().__init__()
            self.field = field

    def __init__(self, info: SettingInfo, value: Any) -> None:
        super().__init__()
        self.info = info
        self._start = value
        self.problem = ""
        self._last = bool(value) if info.kind == "bool" else _text(value)
        self._mark(value)

    def compose(self) -> ComposeResult:
        """The name and the control in one line, what it does below."""
        with Horizontal():
            yield Static(one_line(self.info.name, 60), classes="name", markup=False)
            yield self._control()
            if self.info.kind != "text":
                yield Static(one_line(_allowed(self.info)), classes="allowed", markup=False)
        yield Static(clean(self.info.sentence), classes="sentence", markup=False)

    @property
    def value(self) -> Any:
        """What is written or chosen now; numbers as text, for the lab's own check to read."""
        control = self.control
        if isinstance(control, Switch | Select):
            return control.value
        assert isinstance(control, Input)
        return control.value if self.info.kind == "text" else control.value.strip()

    @property
    def control(self) -> Widget:
        """The widget that holds the value."""
        return self.query_one("Input, Select, Switch")

    @property
    def is_default(self) -> bool:
        """Whether the value is the lab's own."""
        return self.has_class("-changed") is False

    def put(self, value: Any) -> None:
        """Show this value in place of the one that is there."""
        control: Any = self.control
        control.value = value if isinstance(control, Switch) else _text(value)

    def say(self, problem: str) -> None:
        """Show what is wrong with the value; "" where nothing is."""
        if problem == self.problem:
            return
        self.problem = problem
        self.set_class(bool(problem), "-wrong")
        sentence = self.query_one(".sentence", Static)
        sentence.update(Content(clean(f"✗ {problem}" if problem else self.info.sentence)))

    @on(Input.Changed)
    @on(Select.Changed)
    @on(Switch.Changed)
    def tell(self, event: Input.Changed | Select.Changed | Switch.Changed) -> None:
        """Hand the change up."""
        event.stop()
        if self.value != self._last:  # controls also tell of the value that they begin with
            self._last = self.value
            self._mark(self._last)
            self.post_message(self.Edited(self))

    @on(Input.Submitted)
    def leave(self, event: Input.Submitted) -> None:
        """Enter leads on."""
        event.stop()
        self.post_message(self.Left(self))

    def _control(self) -> Widget:
        info, start = self.info, self._start
        if info.kind == "bool":
            return Switch(bool(start), animate=False)
        if info.kind == "choice":
            options = [(Content(one_line(each, 60)), each) for each in info.choices]
            chosen = str(start) if str(start) in info.choices else info.choices[0]
            return Select(options, value=chosen, allow_blank=False, compact=True)
        classes = "-long" if info.kind == "text" else None
        return Input(_text(start), compact=True, select_on_focus=False, classes=classes)

    def _mark(self, value: Any) -> None:
        default = self.info.default
        same = value == default or _text(value) == _text(default)
        if not same and self.info.kind in ("int", "float"):
            try:
                same = float(value) == float(default)
            except (TypeError, ValueError):
                same = False
        self.set_class(not same, "-changed")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _allowed(info: SettingInfo) -> str:
    """What it may be, short: "1 to 50 epochs · default 3"."""
    parts = []
    if info.low is not None and info.high is not None:
        parts.append(f"{_bound(info.low)} to {_bound(info.high)}")
    elif info.low is not None:
        parts.append(f"from {_bound(info.low)}")
    elif info.high is not None:
        parts.append(f"up to {_bound(info.high)}")
    words = " ".join([*parts, info.unit]).strip()
    default = "on" if info.default is True else "off" if info.default is False else _text(info.default)
    if isinstance(info.default, int | float) and not isinstance(info.default, bool):
        default = _bound(info.default)
    return f"{words} · default {default}" if words else f"default {default}"


def _bound(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) and abs(value) >= 1 else f"{value:g}"
