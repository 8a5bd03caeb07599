"""Which device a run uses, and what that device is good at."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any

from tools.errors import BadSettings

if TYPE_CHECKING:
    import torch

DEVICES = ("auto", "cuda", "mps", "cpu")


def choose_device(wanted: str) -> torch.device:
    """The device a person asked for; `auto` takes CUDA, then MPS, then the CPU.

    Raises BadSettings for a name that is none, or a device that is not there.
    """
    import torch

    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted == "auto":
        return torch.device(next(name for name in ("cuda", "mps", "cpu") if there[name]))
    if wanted not in there:
        raise BadSettings(
            f"There is no device called {wanted[:40]!r}.", help=f"Use one of: {', '.join(DEVICES)}."
        )
    if not there[wanted]:
        raise BadSettings(
            f"This machine has no {wanted.upper()} device that PyTorch can use.",
            help="Use --device auto, which takes the best there is.",
        )
    return torch.device(wanted)


def bf16_pays(device: torch.device) -> bool:
    """Whether bfloat16 is done by the hardware: a slow emulation would cost more than it saves."""
    import torch

    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        return bool(torch.backends.cpu.get_cpu_capability() != "DEFAULT" and _cpu_has_bf16())
    return False


def autocast(device: torch.device) -> contextlib.AbstractContextManager[Any]:
    """bfloat16 autocast where `bf16_pays`, else a context that does nothing."""
    import torch

    if not bf16_pays(device):
        return contextlib.nullcontext()
    return torch.autocast(device.type, dtype=torch.bfloat16)


def thread_count() -> int:
    """Threads for a run: every core this process may use; the run is `nice`, so the app still comes first."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def describe(device: torch.device) -> str:
    """The device as a person reads it: "cuda (NVIDIA H200)", "cpu (2 threads)"."""
    import torch

    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    return f"cpu ({torch.get_num_threads()} threads)" if device.type == "cpu" else device.type


def seed_everything(seed: int) -> None:
    """Seed Python, NumPy and PyTorch (every device), and ask for the same algorithms each time."""
    import random

    import numpy as np
    import torch

    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def usage(process: Any) -> dict[str, float]:
    """What a run is using now: memory_mb, cpu_percent (100 a core), and on CUDA gpu_memory_mb, gpu_percent.

    `process` is a psutil.Process, or None where psutil is absent.
    """
    found: dict[str, float] = {}
    if process is not None:
        with contextlib.suppress(Exception):  # a figure to look at, never a reason to fail
            found["memory_mb"] = round(process.memory_info().rss / 2**20, 1)
            found["cpu_percent"] = process.cpu_percent()
    import sys

    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available() and torch.cuda.is_initialized():
        with contextlib.suppress(Exception):
            found["gpu_memory_mb"] = round(torch.cuda.memory_allocated() / 2**20, 1)
            found["gpu_percent"] = float(torch.cuda.utilization())
    return found


def _cpu_has_bf16() -> bool:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            flags = next((line for line in file if line.startswith("flags")), "")
    except OSError:
        return False
    return " avx512_bf16" in flags or " amx_bf16" in flags
