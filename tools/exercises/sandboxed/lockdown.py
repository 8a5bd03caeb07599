"""Locks the process that will run a learner's code into an empty folder, by all means the system has."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

from .limits import Limits, limit_resources

__all__ = ["Limits", "layers_available", "lock_down", "lock_down_in_layers"]


def lock_down(
    folder: str, hidden: Sequence[str], limits: Limits, descriptors: Sequence[int] | None = None
) -> list[str]:
    """Shut this process in for good; the names of the layers in force.

    To be called while it has one thread. `folder` is all that it may write to: on Linux usually a
    memory file system of its own if it is empty, so that nobody else sees what is written there.
    Nothing at the absolute paths `hidden` can be read any more, except the libraries of this Python
    and this package where they lie within. Where `descriptors` is given, all others are closed.
    Each layer is tried; one that the system refuses is left out, and the others still hold.
    """
    return [
        name for name, in_force, _ in lock_down_in_layers(folder, hidden, limits, descriptors) if in_force
    ]


def lock_down_in_layers(
    folder: str, hidden: Sequence[str], limits: Limits, descriptors: Sequence[int] | None = None
) -> list[tuple[str, bool, str]]:
    """Do what `lock_down` does; every layer of this platform, whether it is in force, and why it is not."""
    if descriptors is not None:
        _close_others(set(descriptors))
    os.chdir(folder)
    outcomes = [_outcome(name, lay) for name, lay in _layers(folder, list(hidden), limits)]
    return [outcomes[-1], *outcomes[:-1]]


def layers_available() -> list[tuple[str, bool, str]]:
    """Every layer of this platform, whether it holds, and a sentence on it, found by trying to break out.

    Takes a fraction of a second: a process of its own locks itself down and does what it may not.
    """
    import json
    import subprocess
    import tempfile

    probe = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lockdown_probe.py")
    with tempfile.TemporaryDirectory(prefix="tutor-probe-") as place:
        command = [sys.executable, "-I", "-S", "-B", probe, place]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
            found = json.loads(done.stdout)
        except (OSError, subprocess.TimeoutExpired, json.JSONDecodeError):
            return [("resource limits", False, "A process that locks itself down could not be started.")]
    return [(str(name), bool(holds), str(detail)) for name, holds, detail in found]


def _layers(folder: str, hidden: list[str], limits: Limits) -> list[tuple[str, Callable[[], str]]]:
    """The platform's layers, and the resource limits last: laying the others opens files."""

    def resources() -> str:
        limit_resources(limits)
        return ""

    last = ("resource limits", resources)
    if sys.platform == "linux":
        from .lockdown_linux import Linux

        return [*Linux(folder, hidden, limits).layers(), last]
    if sys.platform == "darwin":
        from .lockdown_macos import MacOS

        return [*MacOS(folder, hidden, limits).layers(), last]
    return [last]


def _outcome(name: str, lay: Callable[[], str]) -> tuple[str, bool, str]:
    try:
        reason = lay()
    except OSError as error:
        reason = f"The system refused: {error.strerror or error}."
    return name, not reason, reason


def _close_others(kept: set[int]) -> None:
    kept |= {0, 1, 2}
    for number in sorted(kept):
        os.closerange(number + 1, min((each for each in kept if each > number), default=MOST_DESCRIPTORS))


MOST_DESCRIPTORS = 65_536
