"""Printing Python code: in colours on a terminal that shows them, else as it is."""

from __future__ import annotations

import sys

from tutor.cli.output import has_colours, plain, say_styled


def say_code(text: str) -> None:
    """Print code to stdout."""
    say_styled(coloured(text).rstrip("\n"))


def coloured(text: str) -> str:
    """Code without control sequences, in colours where stdout shows them."""
    shown = plain(text)
    if not has_colours(sys.stdout):
        return shown
    from pygments import highlight
    from pygments.formatters import TerminalFormatter
    from pygments.lexers import PythonLexer

    return str(highlight(shown, PythonLexer(), TerminalFormatter()))
