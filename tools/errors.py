"""What can go wrong when something is run or fetched, in words a person can act on."""

from __future__ import annotations


class ToolsError(Exception):
    """A failure outside Tutor that a person can do something about.

    `title` is a few words, `str(error)` one sentence that says what is wrong, `help` one sentence
    that says what to do, `retryable` whether the same call may succeed later, and `exit_code` the
    process exit status: 2 for bad input, 3 when something outside failed.
    """

    title = "Something outside Tutor failed"
    exit_code = 3

    def __init__(self, message: str, *, help: str = "", retryable: bool = False) -> None:
        super().__init__(message)
        self.help = help
        self.retryable = retryable


class WebSearchFailed(ToolsError):
    """The web could not be searched."""

    title = "Web search failed"
