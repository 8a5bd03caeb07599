"""The person's own editor on their file: the app steps aside for it and comes back when it ends."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textual.app import App, SuspendNotSupported

from tutor.errors import TutorError


class NoEditor(TutorError):
    """There is no editor to open, or it did not open."""

    title = "No editor was opened"
    exit_code = 2


def edit(app: App[Any], path: Path) -> None:
    """Open `path` in $VISUAL or $EDITOR and wait for it to end; NoEditor where that cannot be."""
    command = os.environ.get("VISUAL", "").strip() or os.environ.get("EDITOR", "").strip()
    own = f"Or open {path} in any editor: it is read again here whenever it is saved."
    if not command:
        raise NoEditor(
            "Neither VISUAL nor EDITOR is set.", help=f"Set one, for example: export EDITOR=nano. {own}"
        )
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise NoEditor(f"The editor command {command!r} cannot be read: {error}.", help=own) from error
    try:
        with app.suspend():
            ended = _run([*words, str(path)])
    except SuspendNotSupported as error:
        raise NoEditor("This terminal cannot be lent to another program.", help=own) from error
    if isinstance(ended, OSError):
        raise NoEditor(f"{words[0]} cannot be started: {ended.strerror or ended}.", help=own) from ended
    if ended:
        raise NoEditor(f"{words[0]} ended with code {ended}.", help=own)


def _run(command: Sequence[str]) -> int | OSError:
    """The editor's exit code, or why it did not start; an error raised here would leave the app suspended.

    Ctrl+C is the editor's: a handler that does nothing keeps it from ending Tutor, and unlike an ignored
    signal it is not passed on to the editor.
    """
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        return subprocess.run(command, check=False).returncode
    except OSError as error:
        return error
    finally:
        signal.signal(signal.SIGINT, before)
