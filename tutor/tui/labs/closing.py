"""Closing a screen from a message or a worker, when another screen may lie over it by then."""

from __future__ import annotations

from functools import partial
from typing import TypeVar

from textual.screen import Screen

_AGAIN = 0.05
Result = TypeVar("Result")


def close(screen: Screen[Result], result: Result | None = None) -> None:
    """Dismiss `screen`; while another lies over it, wait until that is gone. Nothing where it is closed.

    Dismissing a covered screen would take away the one above it and leave a screen that cannot close.
    """
    if screen.app.screen is screen:
        screen.dismiss(result)
    elif screen.is_attached and screen in screen.app.screen_stack:
        screen.set_timer(_AGAIN, partial(close, screen, result))
