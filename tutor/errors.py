"""What can go wrong on the person's side, in words a person can act on."""

from __future__ import annotations


class TutorError(Exception):
    """A failure that a person can do something about.

    `title` is a few words, `str(error)` one sentence that says what is wrong, `help` one sentence
    that says what to do, `retryable` whether the same call may succeed later, and `exit_code` the
    process exit status: 2 for wrong usage or bad input, 3 when something outside failed.
    """

    title = "Something went wrong"
    exit_code = 3

    def __init__(self, message: str, *, title: str = "", help: str = "", retryable: bool = False) -> None:
        super().__init__(message)
        self.title = title or type(self).title
        self.help = help
        self.retryable = retryable


class UsageError(TutorError):
    """The command, setting or question given cannot be used as it is."""

    title = "That cannot be used"
    exit_code = 2


class StorageError(TutorError):
    """The data folder or its database cannot be read or written."""

    title = "The data folder is not usable"


class ModelError(TutorError):
    """The chat model could not be reached or did not answer properly."""

    title = "The model did not answer"
