"""The keys of an exercise's screen; function keys work in the editor too, letters outside it."""

from __future__ import annotations

from textual.binding import Binding

KEYS = (
    Binding(
        "f5,ctrl+r", "check", "Check", id="exercise.check", priority=True,
        tooltip="Save and check; again: stop the check",
    ),
    Binding("f6", "hint", "Hint", id="exercise.hint", priority=True, tooltip="Show the next hint"),
    Binding(
        "f7", "solution", "Solution", id="exercise.solution", priority=True,
        tooltip="Show the solution, once you may see it",
    ),
    Binding("f8", "next", "Next", id="exercise.next", priority=True, tooltip="Go to the next exercise"),
    Binding(
        "f9", "own_editor", "Own editor", id="exercise.own", priority=True,
        tooltip="Open the file in $VISUAL or $EDITOR",
    ),
    Binding("escape", "escape", "Back", id="exercise.back", tooltip="Stop the check; else save and go back"),
    Binding("f1", "help", "Help", id="exercise.help", priority=True, tooltip="What the keys do"),
    Binding(
        "f2", "pane('task')", "Task", id="exercise.task", priority=True, show=False,
        tooltip="Go to the task",
    ),
    Binding(
        "f3", "pane('editor')", "Editor", id="exercise.editor", priority=True, show=False,
        tooltip="Go to the editor",
    ),
    Binding(
        "f4", "pane('checks')", "Checks", id="exercise.checks", priority=True, show=False,
        tooltip="Go to the checks",
    ),
    Binding(
        "ctrl+s", "save", "Save", id="exercise.save", priority=True, show=False,
        tooltip="Save, and check unless that trains",
    ),
    Binding("h", "hint", "Hint", id="exercise.h", show=False, tooltip="Show the next hint"),
    Binding("s", "solution", "Solution", id="exercise.s", show=False, tooltip="Show the solution"),
    Binding("n", "next", "Next", id="exercise.n", show=False, tooltip="Go to the next exercise"),
    Binding("e", "own_editor", "Own editor", id="exercise.e", show=False, tooltip="Open your own editor"),
    Binding("l", "lesson", "Lesson", id="exercise.l", show=False, tooltip="Read the lesson's section"),
    Binding(
        "f10,r", "reset", "Begin anew", id="exercise.reset", show=False,
        tooltip="The starter again; what you wrote is kept in a file",
    ),
)  # fmt: skip
