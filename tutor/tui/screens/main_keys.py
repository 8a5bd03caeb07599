"""The keys of the first screen; the function keys come before what has the focus.

So the key after one of them finds its panel.
"""

from __future__ import annotations

from textual.binding import Binding

KEYS = (
    Binding(
        "f1", "help", "Help", priority=True, id="app.help", tooltip="What every panel does, and all keys"
    ),
    Binding(
        "f2",
        "toggle_course",
        "Course",
        priority=True,
        id="panel.course",
        tooltip="Go to the course; again: put it away",
    ),
    Binding(
        "f3",
        "toggle_sources",
        "Sources",
        priority=True,
        id="panel.sources",
        tooltip="Go to the sources; again: put them away",
    ),
    Binding("f4", "sessions", "Sessions", priority=True, id="session.list", tooltip="Open another session"),
    Binding(
        "f6",
        "progress",
        "Progress",
        priority=True,
        id="panel.progress",
        show=False,
        tooltip="See how far you are, and take the quiz",
    ),
    Binding(
        "f7",
        "exercises",
        "Exercises",
        priority=True,
        id="panel.exercises",
        tooltip="Write code for the lessons, checked at once",
    ),
    Binding("f8", "labs", "Labs", priority=True, id="panel.labs", tooltip="Run the lessons' code"),
    Binding("f5", "copy_answer", "Copy", id="answer.copy", show=False, tooltip="Copy the answer as Markdown"),
    Binding("escape", "stop", "Stop", id="answer.stop", tooltip="Stop the answer and keep what came"),
    Binding("escape", "back", "Back", id="panel.back", show=False, tooltip="Back to the input"),
    Binding("ctrl+n", "new", "New", id="session.new", show=False, tooltip="Begin a new session"),
    Binding("ctrl+l", "to_input", "Input", id="panel.input", show=False, tooltip="Go to the input"),
    Binding("ctrl+end", "to_end", "Newest", id="chat.newest", show=False, tooltip="Go to the newest words"),
    Binding("ctrl+pageup", "page(-1)", "Page up", id="chat.page_up", show=False, tooltip="Scroll up"),
    Binding("ctrl+pagedown", "page(1)", "Page down", id="chat.page_down", show=False, tooltip="Scroll down"),
)
