"""The person's own editor on their file: the app steps aside for it and comes back when it ends."""

from __future__ import annotations

import os
import shlex
import subprocess
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
            done = subprocess.run([*words, str(path)], check=False)
    except SuspendNotSupported as error:
        raise NoEditor("This terminal cannot be lent to another program.", help=own) from error
    except OSError as error:
        raise NoEditor(f"{words[0]} cannot be started: {error.strerror or error}.", help=own) from error
    if done.returncode:
        raise NoEditor(f"{words[0]} ended with code {done.returncode}.", help=own)
