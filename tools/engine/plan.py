"""What a run will take, said before it starts: device, time, memory, download; or why it cannot start."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tools.assets.catalogue import ASSETS
from tools.assets.download import megabytes
from tools.engine.calibrate import Machine, measure_machine
from tools.engine.resources import free_disk_mb, free_memory_mb
from tools.engine.settings import checked_data, checked_device, checked_settings
from tools.errors import BadSettings
from tools.labs import open_lab


@dataclass(frozen=True, slots=True)
class Plan:
    """A run that has not begun.

    `settings` are all of them, checked; `changed` names those that are not the default. `device` is
    the one chosen (cuda, mps or cpu; as asked for where it is not there), `device_name` the same
    with its name, `bf16` whether that device does bfloat16 in hardware. `seconds` of wall time,
    `memory_mb` (MiB, at the peak) and `download_mb` (millions of bytes) are estimates; `assets` is
    all that the run reads, `missing` what of it is to be downloaded first. `refused` is one sentence
    on why it cannot start ("" where it can), and `help` what to do then.
    """

    lab: str
    settings: dict[str, Any]
    changed: tuple[str, ...]
    data: str | None
    device: str
    device_name: str = ""
    bf16: bool = False
    seconds: float = 0.0
    memory_mb: float = 0.0
    download_mb: float = 0.0
    assets: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    refused: str = ""
    help: str = ""

    def sentence(self) -> str:
        """The plan in one sentence, as it is said before the run starts."""
        if self.refused:
            return self.refused
        first = (
            f", after a download of {megabytes(round(self.download_mb * 1e6))} ({', '.join(self.missing)})"
            if self.missing
            else ""
        )
        return (
            f"It takes {duration(self.seconds)} and up to {mebibytes(self.memory_mb)} of memory on "
            f"{self.device_name}{first}."
        )


def plan_run(
    home: Path,
    lab: str,
    settings: Mapping[str, Any] | None = None,
    device: str = "auto",
    data: str | os.PathLike[str] | None = None,
) -> Plan:
    """What `local.start` with the same arguments will take; nothing is started or downloaded.

    The first plan on a machine measures it (1 to 4 s, see `calibrate`). Raises UnknownLab,
    BadSettings for a setting, BadData for a path that is not there, and TorchFailed.
    """
    opened = open_lab(lab)
    config = checked_settings(opened, settings or {})
    values = config.model_dump()
    defaults = {name: field.default for name, field in opened.config.model_fields.items()}
    changed = tuple(name for name, value in values.items() if value != defaults[name])
    device = checked_device(opened.info, device)
    plan = Plan(opened.info.name, values, changed, checked_data(opened.info, data), device)
    try:
        machine = measure_machine(home, device)
    except BadSettings as error:
        return replace(plan, device_name=device, refused=str(error), help=error.help)
    cost = opened.cost(config)
    needed = [name for name in cost.assets if plan.data is None or ASSETS[name].weights]
    missing, download, space = _downloads(home, needed)
    plan = replace(
        plan,
        device=machine.device,
        device_name=machine.name,
        bf16=machine.bf16,
        seconds=_seconds(cost.seconds, machine),
        memory_mb=cost.memory_mb,
        download_mb=download,
        assets=tuple(needed),
        missing=missing,
    )
    refused, help = _does_not_fit(plan, home, machine, space)
    return replace(plan, refused=refused, help=help)


def duration(seconds: float) -> str:
    """Seconds in words, as exact as an estimate deserves: "about 20 s", "about 3 min"."""
    if seconds < 10:
        return f"about {max(1, round(seconds))} s"
    if seconds < 100:
        return f"about {5 * round(seconds / 5)} s"
    if seconds < 5_400:
        return f"about {round(seconds / 60)} min"
    return f"about {seconds / 3_600:.1f} h"


def mebibytes(amount: float) -> str:
    """MiB in words: "98 MB", "1.2 GB"."""
    return f"{max(1, round(amount))} MB" if amount < 1_000 else f"{amount / 1_024:.1f} GB"


def _seconds(reference: float, machine: Machine) -> float:
    """The reference's seconds on this machine; on a GPU, starting up stays as slow as it is."""
    started = 0.0 if machine.device == "cpu" else _START_SECONDS
    return max(1.0, started + reference / machine.speed)


def _downloads(home: Path, names: Sequence[str]) -> tuple[tuple[str, ...], float, float]:
    """The assets still to come, their download (millions of bytes), the disk space they need (MiB)."""
    from tools.assets import listing

    absent = [each for each in listing(home) if each.asset.name in names and each.state != "here"]
    download = sum(each.download for each in absent)
    unpacked = sum(each.asset.unpacked for each in absent)
    to_come = tuple(each.asset.name for each in absent if each.download)
    return to_come, download / 1e6, (download + unpacked) / 2**20


def _does_not_fit(plan: Plan, home: Path, machine: Machine, space: float) -> tuple[str, str]:
    """Why a run cannot start here, and what to do; two empty texts where it can."""
    memory = free_memory_mb()
    if memory is not None and plan.memory_mb > memory:
        return (
            f"{plan.lab} needs about {mebibytes(plan.memory_mb)} of memory, and only {mebibytes(memory)} "
            "are free.",
            f"Close other programs, or choose smaller settings (tutor lab show {plan.lab}).",
        )
    if machine.memory_mb and plan.memory_mb > machine.memory_mb:
        return (
            f"{plan.lab} needs about {mebibytes(plan.memory_mb)} of memory, and {machine.name} has "
            f"{mebibytes(machine.memory_mb)}.",
            "Use --device cpu, or choose smaller settings.",
        )
    free = free_disk_mb(home)
    if free < space + _RUN_MB:
        what = f" to download {', '.join(plan.missing)}" if plan.missing else ""
        return (
            f"{plan.lab} needs about {mebibytes(space + _RUN_MB)} of disk space{what}, and the disk of "
            f"{home} has {mebibytes(free) if free >= 1 else 'none'} left.",
            "Free some space (tutor runs clean removes old runs), or set TUTOR_HOME to another disk.",
        )
    return "", ""


_START_SECONDS = 4.0  # importing PyTorch and waking a GPU
_RUN_MB = 5.0  # a run's own events and artifacts; checkpoints come on top and are told of when they fail
