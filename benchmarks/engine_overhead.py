"""What the engine costs: a lab in its own process, reporting, against calling its `run` directly.

    python benchmarks/engine_overhead.py [LAB] [--set KEY=VALUE ...] [--rounds 3]

Without arguments it trains finetune-bert for about a minute. Both sides are fresh processes that import
PyTorch, set the same threads (and how soon waiting ones sleep), niceness and seed, and run the same
settings; the direct one reports to nowhere, the engine's writes events, artifacts and checkpoints while
a follower reads them five times a second, as the app does. They take turns. Wall time and CPU time (user
and system, all threads) are compared by their minima. On a busy machine only the CPU time of one thread
means something, as threads that wait for each other burn it too: put `taskset -c 1` before the command.
The target is under 3 %.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

DIRECT = """
import os, sys, json
sys.path.insert(0, sys.argv[1])
os.nice(5)
import torch
from pathlib import Path
from benchmarks.engine_overhead import Nowhere
from tools.engine import devices
from tools.labs import open_lab
lab = open_lab(sys.argv[3])
config = lab.config.model_validate(json.loads(sys.argv[4]))
device = devices.choose_device("auto")
torch.set_num_threads(devices.thread_count())
devices.seed_everything(config.seed)
metrics = lab.run(config, Nowhere(Path(sys.argv[2]), device, config.seed))
print(json.dumps(metrics))
"""
MINUTE = {"train_size": 2_500, "epochs": 2, "validation_size": 400, "test_size": 600}


class Nowhere:
    """A report that keeps nothing."""

    data_path = None

    def __init__(self, home: Path, device: Any, seed: int) -> None:
        self.home, self.device, self.seed = home, device, seed

    def autocast(self) -> Any:
        """The engine's own, as it is part of the computation."""
        from tools.engine.devices import autocast

        return autocast(self.device)

    def restored(self) -> None:
        """There is never anything to go on from."""

    def folder(self, name: str, title: str = "") -> Path:
        """A folder that nobody looks into."""
        return Path(tempfile.mkdtemp(dir=self.home))

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: None


def cpu_seconds() -> float:
    """CPU time of the children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def direct(home: Path, lab: str, settings: str) -> tuple[float, float, str]:
    """Wall and CPU seconds of calling `run` in a fresh process, and its metrics."""
    from tools.engine.local import THREADS_SLEEP

    root = str(Path(__file__).parents[1])
    before, began = cpu_seconds(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", DIRECT, root, str(home), lab, settings],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **THREADS_SLEEP},
    )
    return time.perf_counter() - began, cpu_seconds() - before, done.stdout.splitlines()[-1]


def engine(home: Path, lab: str, settings: dict[str, Any]) -> tuple[float, float, str]:
    """Wall and CPU seconds of the same under the engine, from `start` to the result."""
    import json

    from tools.engine import local, runs

    before, began = cpu_seconds(), time.perf_counter()
    follower = runs.Follower(local.start(home, lab, settings))
    while not follower.ended:
        follower.poll()
        time.sleep(0.2)
    wall = time.perf_counter() - began
    assert follower.view.result is not None, follower.view.error
    for process in local._STARTED:
        process.wait()
    return wall, cpu_seconds() - before, json.dumps(follower.view.result["metrics"])


def main() -> None:
    import json

    from tools.engine.plan import plan_run

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("lab", nargs="?", default="finetune-bert")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--home", type=Path, help="a data folder whose assets are used")
    arguments = parser.parse_args()
    wanted = dict(pair.split("=", 1) for pair in arguments.set)
    if not wanted and arguments.lab == "finetune-bert":
        wanted = MINUTE
    with tempfile.TemporaryDirectory() as folder:
        home = arguments.home or Path(folder)
        plan = plan_run(home, arguments.lab, wanted)
        print(f"{plan.lab} { ({name: plan.settings[name] for name in plan.changed}) }: {plan.sentence()}")
        from tools.assets import ASSETS, find

        for name in plan.assets:
            if name in ASSETS:
                find(name, home)
        ours, theirs = [], []
        for turn in range(1, arguments.rounds + 1):
            theirs.append(direct(home, plan.lab, json.dumps(plan.settings)))
            ours.append(engine(home, plan.lab, plan.settings))
            for name, (wall, cpu, metrics) in (("direct", theirs[-1]), ("engine", ours[-1])):
                print(f"{turn} {name}: {wall:6.2f} s wall, {cpu:6.2f} s CPU, {metrics[:100]}", flush=True)
    for number, kind in enumerate(("wall", "CPU")):
        best = [min(each[number] for each in side) for side in (theirs, ours)]
        print(f"{kind}: direct {best[0]:.2f} s, engine {best[1]:.2f} s, {best[1] / best[0] - 1:+.1%}")


if __name__ == "__main__":
    main()
