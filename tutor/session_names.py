"""What a session may be called, and what it is called where nobody names it."""

from __future__ import annotations

import re

from tutor.errors import UsageError


def valid_session_name(name: str) -> str:
    """The name without the spaces around it; UsageError where it cannot be one."""
    name = name.strip()
    if not re.fullmatch(r"\w[\w .-]{0,63}", name):
        raise UsageError(
            f"{name[:80]!r} cannot be a session's name.",
            help="Use up to 64 letters, digits, spaces, dots, dashes and underscores.",
        )
    return name


def letters(number: int) -> str:
    """0, 1, ... as a, b, ... z, aa, ab, ..."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("a") + rest) + text
    return text
