"""What can go wrong with course material and its index, in words a person can act on."""

from __future__ import annotations


class KnowledgeError(Exception):
    """A failure over the material or its index that a person can do something about.

    `title` is a few words, `str(error)` one sentence that says what is wrong, `help` one sentence
    that says what to do, `retryable` whether the same call may succeed later, and `exit_code` the
    process exit status: 2 for bad input, 3 when something outside (disk, server) failed.
    """

    title = "The material could not be used"
    exit_code = 3

    def __init__(self, message: str, *, help: str = "", retryable: bool = False) -> None:
        super().__init__(message)
        self.help = help
        self.retryable = retryable


class BadInput(KnowledgeError):
    """The file, collection or question given cannot be used as it is."""

    title = "That cannot be used"
    exit_code = 2


class Unreadable(BadInput):
    """One document cannot be read; the rest of an ingest goes on."""

    title = "That document cannot be read"


class IndexUnavailable(KnowledgeError):
    """The index cannot be opened, read or written."""

    title = "The index is not available"
    exit_code = 3


class EncoderUnavailable(KnowledgeError):
    """The embedding model cannot be loaded or did not answer."""

    title = "The embedding model is not available"
    exit_code = 3
