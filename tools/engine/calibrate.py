"""How fast this machine is: a short training step timed in a process of its own, remembered in machine.json.

A lab's cost holds for the reference machine (two idle cores, see tools.engine.lab.Cost); `speed` is how
many times as fast this one is at one small training step: an embedding, two matrix products, gradients.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.engine.devices import DEVICES
from tools.errors import BadSettings, TorchFailed

if TYPE_CHECKING:
    import torch

    Step = Callable[[], None]

MACHINE_FILE = "machine.json"


@dataclass(frozen=True, slots=True)
class Machine:
    """What a run will meet: the device chosen, its name, whether bf16 is used, and how fast it is.

    `speed` is in times the reference machine, `memory_mb` the device's own memory (MiB, 0 where it
    is the machine's).
    """

    device: str
    name: str
    bf16: bool
    speed: float
    memory_mb: float


def measure_machine(home: Path, device: str = "auto") -> Machine:
    """The machine as remembered in `home`/machine.json, measured now (1 to 4 s) where nothing fits.

    `device` is auto, cuda, mps or cpu. Raises BadSettings where that device is not there, and
    TorchFailed where torch is not installed or does not start.
    """
    if device not in DEVICES:
        raise BadSettings(
            f"There is no device called {device[:40]!r}.", help=f"Use one of: {', '.join(DEVICES)}."
        )
    key = _key(device)
    known = _remembered(home)
    with contextlib.suppress(KeyError, TypeError):
        return Machine(**known[key])
    measured = _measured(device)
    _remember(home, key, measured)
    return measured


def _key(device: str) -> str:
    """What a measurement depends on; another torch, processor, core count or driver asks for a new one."""
    try:
        torch_version = version("torch")
    except PackageNotFoundError as error:
        raise TorchFailed(
            "Labs need torch, and it is not installed.", help="Install it: pip install torch"
        ) from error
    graphics = os.environ.get("CUDA_VISIBLE_DEVICES", "all") if Path("/dev/nvidiactl").exists() else "none"
    return f"{device} | torch {torch_version} | {_processor()} | {_cores()} cores | cuda {graphics}"


def _processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _remembered(home: Path) -> dict[str, Any]:
    try:
        found = json.loads((home / MACHINE_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _remember(home: Path, key: str, machine: Machine) -> None:
    """Write it down in one step; where the folder cannot be written, the next run measures again."""
    text = json.dumps({**_remembered(home), key: asdict(machine)}, indent=1)
    with contextlib.suppress(OSError):
        home.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=home, prefix=".machine-", suffix=".json")
        try:
            with open(handle, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(temporary, home / MACHINE_FILE)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise


def _measured(device: str) -> Machine:
    # -P: where the person stands may be a torch.py of their own.
    command = [sys.executable, "-P", "-m", "tools.engine.calibrate", device]
    root = str(Path(__file__).parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_LONGEST_SECONDS,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        answer = json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else {}
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise TorchFailed(
            f"This machine could not be measured: {error}.", help="Run: tutor doctor", retryable=True
        ) from error
    if "refused" in answer:
        raise BadSettings(answer["refused"], help=answer["help"])
    if done.returncode or "speed" not in answer:
        last = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        raise TorchFailed(f"torch does not start here: {last[:300]}.", help="Run: tutor doctor")
    return Machine(**answer)


def _main(wanted: str) -> None:
    """Print the machine, or why not, as one JSON object; runs in the child process."""
    import torch

    from tools.engine.devices import bf16_pays, choose_device, describe, thread_count

    torch.set_num_threads(thread_count())
    try:
        device = choose_device(wanted)
    except BadSettings as error:
        print(json.dumps({"refused": str(error), "help": error.help}))
        return
    memory = torch.cuda.get_device_properties(device).total_memory / 2**20 if device.type == "cuda" else 0
    name = describe(device)
    machine = Machine(device.type, name, bf16_pays(device), round(_speed(device, thread_count()), 3), memory)
    print(json.dumps(asdict(machine)))


def _speed(device: torch.device, threads: int) -> float:
    """How many times as fast as the reference machine one small training step is.

    On a CPU one thread's own CPU time is taken, as wall time would measure whatever else runs now;
    the further threads of one run then count by the square root, as their shares get smaller.
    """
    import torch

    if device.type != "cpu":
        return (
            _REFERENCE_SECONDS
            / math.sqrt(_REFERENCE_THREADS)
            / _best_seconds(_step(device), time.perf_counter)
        )
    torch.set_num_threads(1)
    own = _best_seconds(_step(device), time.process_time)
    return _REFERENCE_SECONDS / own * math.sqrt(threads / _REFERENCE_THREADS)


def _best_seconds(step: Step, clock: Callable[[], float]) -> float:
    for _ in range(3):
        step()
    best, until = float("inf"), time.perf_counter() + _MEASURED_SECONDS
    while time.perf_counter() < until:
        began = clock()
        step()
        best = min(best, clock() - began)
    return max(best, 1e-6)


def _step(device: torch.device) -> Step:
    """One training step over 512 tokens, 256 wide, without an optimizer (its import alone takes a second)."""
    import torch

    draw = torch.Generator().manual_seed(0)
    tokens = torch.randint(2_000, (512,), generator=draw).to(device)
    sizes = ((2_000, 256), (256, 1_024), (1_024, 256))
    weights = [(0.05 * torch.randn(size, generator=draw)).to(device).requires_grad_() for size in sizes]

    def step() -> None:
        table, wide, narrow = weights
        hidden = torch.nn.functional.gelu(table[tokens] @ wide) @ narrow
        gradients = torch.autograd.grad(hidden.square().mean(), weights)
        float(gradients[0][0, 0])  # waits for the device

    return step


# One step of one thread on the reference machine (Xeon with AVX-512, torch 2.13), measured on 2026-11-21.
_REFERENCE_SECONDS = 0.0105
_REFERENCE_THREADS = 2
_MEASURED_SECONDS = 0.4
_LONGEST_SECONDS = 120  # a cold disk may take half a minute to import torch

if __name__ == "__main__":
    _main(sys.argv[1])
