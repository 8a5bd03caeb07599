"""What went wrong, in the words that the app shows."""

from __future__ import annotations

import logging
from dataclasses import dataclass

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """A failure as a person sees it: a few words, one sentence, what to do, and whether to try again."""

    title: str
    message: str
    help: str = ""
    retryable: bool = False


def problem_of(error: BaseException) -> Problem:
    """The problem that an exception stands for, in the same words as on the command line; logged."""
    from tutor.failures import describe

    failure = describe(error)
    log.warning("%s: %s", failure.title, failure.message, exc_info=error)
    foreseen = hasattr(error, "exit_code")
    return Problem(failure.title, failure.message, failure.help, failure.retryable or not foreseen)
