"""What is left on this machine: memory and disk, as whoever limits them (the system, a container) says."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def free_memory_mb() -> float | None:
    """Memory (MiB) that a new process may still take; None where this system does not say."""
    known = [left for left in (_system_memory(), _container_memory()) if left is not None]
    return min(known) if known else None


def free_disk_mb(folder: Path) -> float:
    """Space (MiB) left on the disk that holds `folder`, which need not exist yet."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free / 2**20


def _system_memory() -> float | None:
    """MemAvailable on Linux, which counts caches that can be given up; elsewhere what psutil says."""
    for line in _lines("/proc/meminfo"):
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) / 2**10
    try:
        import psutil
    except ImportError:
        return None
    return float(psutil.virtual_memory().available) / 2**20


def _container_memory() -> float | None:
    """What the control group leaves; a container's limit is not in /proc/meminfo."""
    for folder, limit, used, cache in _CONTROL_GROUPS:
        top, now = _number(folder, limit), _number(folder, used)
        if top is None or now is None or top > 2**60:
            continue
        given_up = 0  # file pages that the kernel drops when memory runs short
        for line in _lines(os.path.join(folder, "memory.stat")):
            name, _, value = line.partition(" ")
            if name == cache:
                given_up = int(value)
        return max(0.0, (top - now + given_up) / 2**20)
    return None


def _number(folder: str, name: str) -> int | None:
    first = next(iter(_lines(os.path.join(folder, name))), "")
    return int(first) if first.isdecimal() else None


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return []


_CONTROL_GROUPS = (
    ("/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"),
    (
        "/sys/fs/cgroup/memory",
        "memory.limit_in_bytes",
        "memory.usage_in_bytes",
        "total_inactive_file",
    ),
)
