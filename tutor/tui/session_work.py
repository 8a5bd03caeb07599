"""What is read from and written for sessions behind the screen: each call gives the message to post."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tutor.tui.messages import SessionLoaded, SessionsListed, Told
from tutor.tui.new_file import write_new
from tutor.tui.problem import problem_of

if TYPE_CHECKING:
    from tutor.store import Store


def load(store: Store, name: str) -> SessionLoaded | Told:
    """The turns of a session."""
    try:
        return SessionLoaded(name, tuple(store.turns(name)))
    except Exception as error:
        return Told("", problem=problem_of(error))


def listed(store: Store) -> SessionsListed:
    """All sessions."""
    try:
        return SessionsListed(tuple(store.sessions()))
    except Exception as error:
        return SessionsListed((), problem_of(error))


def export(store: Store, name: str, path: Path | None) -> Told:
    """Write a session to a Markdown file that does not exist yet; without a path, in this folder."""
    from tutor.export import as_markdown

    try:
        target = write_new(path, f"tutor-{name}", as_markdown(name, store.turns(name)))
    except Exception as error:
        return Told("", problem=problem_of(error))
    return Told(str(target), title="Session written")
