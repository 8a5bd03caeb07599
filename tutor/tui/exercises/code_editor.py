"""A text area for Python: colours from the app's theme, blocks that indent, blanks for tabs."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.widgets import TextArea
from textual.widgets.text_area import TextAreaTheme

from tutor.agent.plain_text import strip_controls

_INDENT = 4
_THEME = "tutor"


class CodeEditor(TextArea):
    """Where the learner writes; Tab indents, so the function keys go to the other panes."""

    HELP = """\
    ## The editor

    Your own file, in Python. **Tab** indents, the selected lines too, **Shift+Tab** takes it back,
    **Ctrl+Z** undoes, also what was read anew from the disk. **F5** or **Ctrl+S** saves and checks;
    **F2** goes to the task, **F4** to the checks, **Esc** leaves the editor. What you type is kept
    also if you just close Tutor. When another program changes the file, it is read again by itself.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "indent", "Indent", id="editor.indent", show=False, tooltip="Indent the lines"),
        Binding("shift+tab", "dedent", "Dedent", id="editor.dedent", show=False, tooltip="Indent less"),
        Binding("escape", "leave", "Out", id="editor.leave", tooltip="Out of the editor, to the checks"),
        Binding("ctrl+home", "edge(False)", id="editor.start", show=False, tooltip="To the first line"),
        Binding("ctrl+end", "edge(True)", id="editor.end", show=False, tooltip="To the last line"),
        Binding(
            "ctrl+shift+home",
            "edge(False, True)",
            id="editor.select_start",
            show=False,
            tooltip="Select up to the first line",
        ),
        Binding(
            "ctrl+shift+end",
            "edge(True, True)",
            id="editor.select_end",
            show=False,
            tooltip="Select down to the last line",
        ),
        Binding(
            "ctrl+underscore,ctrl+slash",
            "comment",
            "Comment",
            id="editor.comment",
            show=False,
            tooltip="Turn the lines into comments, or back",
        ),
    ]
    DEFAULT_CSS = """
    CodeEditor {
        border: none; padding: 0; background: $background; scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 1;
        &:focus { border: none; background-tint: $foreground 0%; }
        &:ansi { background: ansi_default; }
    }
    """

    def __init__(self) -> None:
        super().__init__(
            language="python",
            soft_wrap=False,
            tab_behavior="indent",
            show_line_numbers=True,
            compact=True,
            highlight_cursor_line=True,
        )
        self.indent_width = _INDENT

    def on_mount(self) -> None:
        """Take the colours of the app's theme, now and when it changes."""
        self._colour()
        self.app.theme_changed_signal.subscribe(self, lambda theme: self._colour())

    def _colour(self) -> None:
        self.register_theme(TextAreaTheme(_THEME, syntax_styles=_styles(self.app.theme_variables)))
        if self.theme == _THEME:
            self._set_theme(_THEME)
            self._line_cache.clear()
            self.refresh()
        else:
            self.theme = _THEME

    def get_line(self, line_index: int) -> Text:
        """A line with its control characters as signs: a terminal would obey them."""
        return Text(self.document.get_line(line_index).translate(_SIGNS), end="", no_wrap=True)

    def put(self, text: str) -> None:
        """Show `text` in place of what is there, near the same line; Ctrl+Z brings the other back."""
        row, column = self.cursor_location
        scrolled = self.scroll_y
        self.history.checkpoint()
        self.replace(text, (0, 0), self.document.end, maintain_selection_offset=False)
        self.history.checkpoint()
        last = self.document.line_count - 1
        row = min(row, last)
        self.move_cursor((row, min(column, len(self.document.get_line(row)))))
        self.scroll_to(y=scrolled, animate=False)

    async def _on_key(self, event: events.Key) -> None:
        """Keys that mean something else in code than in prose."""
        if event.key in {"escape", "tab"} and not self.read_only:
            event.prevent_default()  # the bindings below have them
        elif event.key == "enter" and not self.read_only:
            event.stop()
            event.prevent_default()
            self._new_line()

    async def _on_paste(self, event: events.Paste) -> None:
        """Paste without what a terminal would obey."""
        event.stop()
        event.prevent_default()
        text = strip_controls(event.text.replace("\r\n", "\n").replace("\r", "\n"))
        if result := self._replace_via_keyboard(text, *self.selection):
            self.move_cursor(result.end_location)

    def _new_line(self) -> None:
        """A new line, indented as the one before; deeper after a colon, back after a return."""
        start, end = sorted(self.selection)
        before = self.document.get_line(start[0])[: start[1]]
        indent = len(before) - len(before.lstrip(" "))
        code = before.partition("#")[0].rstrip()
        if code.endswith((":", "(", "[", "{")):
            indent += _INDENT
        elif code.split()[:1] and code.split()[0] in {"return", "pass", "break", "continue", "raise"}:
            indent = max(0, indent - _INDENT)
        self._replace_via_keyboard("\n" + " " * indent, start, end)

    def action_delete_left(self) -> None:
        """Delete the character before the cursor; in the indentation, back to the stop before."""
        row, column = self.cursor_location
        before = self.document.get_line(row)[:column]
        if self.selection.is_empty and before and not before.strip(" "):
            back = (column - 1) // _INDENT * _INDENT
            self._delete_via_keyboard((row, back), (row, column))
        else:
            super().action_delete_left()

    def action_indent(self) -> None:
        """Blanks up to the next stop; with lines selected, indent them."""
        if self.selection.start[0] == self.selection.end[0]:
            self._replace_via_keyboard(" " * self._find_columns_to_next_tab_stop(), *self.selection)
        else:
            self._change_lines(lambda line: " " * _INDENT + line if line.strip() else line)

    def action_dedent(self) -> None:
        """Indent the line, or the selected lines, less."""
        self._change_lines(lambda line: line[min(_INDENT, len(line) - len(line.lstrip(" "))) :])

    def action_comment(self) -> None:
        """Turn the lines into comments; comments back into code."""
        lines = [self.document.get_line(row) for row in self._rows]
        written = [line for line in lines if line.strip()]
        if all(line.lstrip().startswith("#") for line in written):
            self._change_lines(_uncommented)
        else:
            indent = min((len(line) - len(line.lstrip()) for line in written), default=0)
            self._change_lines(lambda line: f"{line[:indent]}# {line[indent:]}" if line.strip() else line)

    def action_edge(self, is_end: bool, select: bool = False) -> None:
        """To the very end of the text, or its start."""
        self.move_cursor(self.document.end if is_end else (0, 0), select=select)

    @property
    def _rows(self) -> range:
        """The lines that the selection touches."""
        (first, _), (last, column) = sorted(self.selection)
        return range(first, last + (0 if column == 0 and last > first else 1))

    def _change_lines(self, change: object) -> None:
        assert callable(change)
        if self.read_only:
            return
        rows = self._rows
        before = [self.document.get_line(row) for row in rows]
        after = [change(line) for line in before]
        if before == after:
            return
        selection = self.selection
        end = (rows[-1], len(before[-1]))
        self.replace("\n".join(after), (rows[0], 0), end, maintain_selection_offset=False)
        moved = {row: len(new) - len(old) for row, old, new in zip(rows, before, after, strict=True)}
        self.selection = type(selection)(
            *((row, max(0, column + moved.get(row, 0)) if column else 0) for row, column in selection)
        )

    def action_leave(self) -> None:
        """Out of the editor."""
        self.app.call_later(self.screen.run_action, "escape_editor")


def _uncommented(line: str) -> str:
    start = line.find("#")
    if start < 0 or line[:start].strip():
        return line
    return line[:start] + line[start + 1 :].removeprefix(" ")


def _styles(colours: dict[str, str]) -> dict[str, Style]:
    """What each kind of word in Python looks like, in the theme's own colours."""

    def plain(name: str) -> Style:
        return Style(color=colours.get(name, "").split()[0] or None) if colours.get(name) else Style()

    muted = Color.parse(colours["foreground"]).blend(Color.parse(colours["background"]), 0.45)
    keyword = plain("primary") + Style(bold=True)
    return {
        **dict.fromkeys(_KEYWORDS, keyword),
        **dict.fromkeys(("string", "string.escape", "character"), plain("success")),
        **dict.fromkeys(("number", "float", "boolean", "constant.builtin"), plain("accent")),
        **dict.fromkeys(("function", "method", "type.class", "constructor"), plain("secondary")),
        **dict.fromkeys(("function.call", "method.call", "function.builtin"), plain("secondary")),
        "comment": Style(color=muted.rich_color, italic=True),
        "decorator": plain("warning"),
    }


_KEYWORDS = (
    "keyword", "keyword.function", "keyword.operator", "keyword.return", "conditional", "repeat", "include",
    "exception",
)  # fmt: skip
_HIDDEN = (*range(0x80, 0xA0), 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)
_SIGNS = {code: 0x2400 + code for code in range(32) if code != 9} | {127: 0x2421}
_SIGNS |= dict.fromkeys(_HIDDEN, 0xFFFD)
"""What is shown for characters that a terminal would obey or hide."""
