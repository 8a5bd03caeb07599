"""Telling whether the process that began something is still the one alive under its number."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path


@cache
def own_identity() -> str:
    """This process as "PID:START", unique across restarts and reboots of this machine."""
    return f"{os.getpid()}:{_started(os.getpid())}"


def is_alive(identity: str) -> bool:
    """Whether the process that `own_identity` named is still running."""
    number, _, started = identity.partition(":")
    return number.isdigit() and started != "" and _started(int(number)) == started


def _started(pid: int) -> str:
    """When a process began, in a form only good for comparing; "" where there is no such process."""
    if sys.platform == "linux":
        try:
            status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
            boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        except OSError:
            return ""
        after_name = status.rpartition(")")[2].split()  # the name itself may hold spaces and brackets
        return "" if after_name[0] in "ZX" else f"{boot}:{after_name[19]}"
    import subprocess

    found = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True)
    return found.stdout.strip()
