"""A lab that does what a test asks of it: counts, trains, hangs, dies, prints, fills the memory."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Literal

from tools.engine.lab import Cost, LabConfig, setting


class Config(LabConfig):
    """What the probe does."""

    act: Literal["train", "hang", "die", "crash", "noisy", "starved", "refuse", "nan"] = setting(
        "train", "What it does."
    )
    steps: int = setting(20, "How many steps it takes.", ge=1, le=100_000, unit="steps")
    pause: float = setting(0.0, "Seconds between two steps.", ge=0, le=10, unit="seconds")
    die_at: int = setting(-1, "The step at which it is killed, in its first life.", ge=-1)
    dropout: float = setting(0.5, "Share of inputs left out, so that chance matters.", ge=0, lt=1)


def cost(config: Config) -> Cost:
    """Nothing to speak of."""
    return Cost(seconds=1, memory_mb=100)


def run(config: Config, report) -> dict[str, float]:
    """Do what was asked."""
    import torch

    report.using_data("points", "made here", rows=64)
    if config.act == "hang":
        report.log("hanging")
        while True:
            sum(range(1000))
    if config.act == "die":
        report.log("dying")
        os.kill(os.getpid(), signal.SIGKILL)
    if config.act == "crash":
        raise IndexError("the probe fell over")
    if config.act == "refuse":
        from tools.errors import BadData

        raise BadData("Only one class: 'good'.", help="Give at least two classes.")
    if config.act == "noisy":
        os.write(2, b"native noise\n" * 100)
        print("noise on stdout")
        sys.stderr.write("noise on stderr\n")
    if config.act == "nan":
        report.metric(1, loss=float("nan"))
        return {"loss": float("inf")}
    model = torch.nn.Sequential(
        torch.nn.Linear(4, 8), torch.nn.Dropout(config.dropout), torch.nn.Linear(8, 2)
    )
    model.to(report.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    points = torch.randn(64, 4, generator=torch.Generator().manual_seed(1)).to(report.device)
    labels = (points[:, 0] > 0).long()
    first = 0
    state = report.restored()
    if state is not None:
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        first = state["step"]
    from tools.engine.memory import MicroBatches

    batches = MicroBatches(64, report)
    room = 10 if config.act == "starved" else 64

    def loss_of(part):
        if len(part) > room:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return torch.nn.functional.cross_entropy(model(points[part]), labels[part])

    loss = 0.0
    for step in range(first, config.steps):
        loss = float(batches.step(list(range(64)), loss_of, optimizer))
        optimizer.step()
        report.metric(step + 1, loss=loss)
        report.progress(step + 1, config.steps)
        report.checkpoint(
            step + 1,
            lambda step=step: {
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
                "step": step + 1,
            },
            force=(step + 1) % 10 == 0,
        )
        if step + 1 == config.die_at and first == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(config.pause)
    weight = sum(float(each.double().sum()) for each in model.parameters())
    return {"loss": loss, "weight": weight, "parts": batches.size}
