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


class UnknownLab(ToolsError):
    """No lab has that name."""

    title = "No such lab"
    exit_code = 2


class BadSettings(ToolsError):
    """A lab's setting, device or data cannot be used as given."""

    title = "That setting cannot be used"
    exit_code = 2


class BadData(ToolsError):
    """The person's own data cannot be used as it is."""

    title = "The data cannot be used"
    exit_code = 2


class UnknownRun(ToolsError):
    """No run, or more than one, is meant by that ID."""

    title = "No such run"
    exit_code = 2


class RunRefused(ToolsError):
    """The run cannot be started, resumed, cancelled or removed as things stand."""

    title = "That cannot be done"
    exit_code = 2


class AssetUnavailable(ToolsError):
    """A data set or weights could not be had from any of their sources."""

    title = "A file that the lab needs could not be had"


class DiskFull(ToolsError):
    """The disk or the quota is full, or the folder cannot be written."""

    title = "Nothing more can be written"


class TorchFailed(ToolsError):
    """PyTorch is not installed, or does not start."""

    title = "PyTorch does not work here"


class UnknownExercise(ToolsError):
    """No exercise has that id."""

    title = "No such exercise"
    exit_code = 2


class BadSubmission(ToolsError):
    """The learner's file cannot be read as Python code."""

    title = "That file cannot be checked"
    exit_code = 2


class CheckCancelled(ToolsError):
    """The person stopped a check before its end."""

    title = "The check was stopped"
    exit_code = 130


class SandboxFailed(ToolsError):
    """No process could be started to run the learner's code in."""

    title = "The code cannot be run safely here"
