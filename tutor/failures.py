"""Every failure as one sentence, what to do about it, and one exit code."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong (`message`, a sentence), what to do (`help`) and the process's exit code."""

    title: str
    message: str
    help: str
    retryable: bool
    exit_code: int

    def public(self) -> dict[str, Any]:
        """The object that takes the result's place under --json."""
        return {
            "error": {
                "title": self.title,
                "message": self.message,
                "help": self.help,
                "retryable": self.retryable,
            }
        }


def describe(error: BaseException) -> Failure:
    """The failure behind an exception; one that nobody foresaw is logged as a bug."""
    if isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        return describe(error.exceptions[0])
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return Failure("Interrupted", "The command was interrupted.", "", True, INTERRUPTED)
    if isinstance(error, click.ClickException):
        return _usage(error)
    if all(hasattr(error, name) for name in ("title", "help", "retryable", "exit_code")):
        known: Any = error  # TutorError, KnowledgeError and the tools' errors share these four
        message = _sentence(str(error) or known.title)
        return Failure(
            known.title, _without_key(message), _without_key(known.help), known.retryable, known.exit_code
        )
    if isinstance(error, MemoryError):
        return Failure(
            "Not enough memory", "The machine ran out of memory.", "Close other programs.", True, 3
        )
    if isinstance(error, OSError) and error.errno is not None:
        return _disk(error)
    return _bug(error)


def _usage(error: click.ClickException) -> Failure:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "tutor"
    if isinstance(error, click.exceptions.NoArgsIsHelpError):  # its message is the whole help
        group = error.ctx.command
        names = ", ".join(group.list_commands(error.ctx)) if isinstance(group, click.Group) else ""
        return Failure(
            "Wrong usage", f"{command} needs a command: {names}.", f"See: {command} --help", False, 2
        )
    message = _without_key(_sentence(error.format_message()[:500]))
    return Failure("Wrong usage", message, f"See: {command} --help", False, 2)


def _disk(error: OSError) -> Failure:
    name = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Failure("No space left", f"The disk is full{name}.", "Free some space.", False, 3)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        help = "Check its permissions, or set TUTOR_HOME to a folder that you may write to."
        return Failure("Not permitted", f"That may not be read or written{name}.", help, False, 3)
    return Failure(
        "The system refused", _sentence(f"{error.strerror or error}{name}"), "Run: tutor doctor", True, 3
    )


def _bug(error: BaseException) -> Failure:
    kind = type(error).__name__
    where = _log(error)
    return Failure(
        "A bug in Tutor",
        f"Something happened that Tutor does not know how to handle ({kind}).",
        f"The details are in {where}; please report them." if where else "Please report it.",
        False,
        3,
    )


def _log(error: BaseException) -> Path | None:
    """Write the traceback to TUTOR_HOME/logs, else to the temporary folder; None where neither works."""
    import tempfile
    import traceback
    from datetime import datetime

    from tutor.settings import find_home

    text = _without_key("".join(traceback.format_exception(error)))
    name = f"bug-{datetime.now():%Y-%m-%dT%H-%M-%S-%f}.txt"
    for folder in (find_home()[0] / "logs", Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8", errors="backslashreplace")
            return folder / name
        except OSError:
            continue
    return None


def _without_key(text: str) -> str:
    """The text with the API key blotted out: servers' messages have been seen to carry it."""
    key = os.environ.get("OPENAI_API_KEY", "").strip()
    return text.replace(key, "[key]") if len(key) >= 8 else text


def _sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text.rstrip(")")[-1:] in (".", "!", "?") else f"{text}."
