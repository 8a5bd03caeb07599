"""The process of one run: `python -m tools.engine.worker FOLDER LOCK`; it writes events and nothing else."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from tools.engine.events import EventLog
from tools.engine.report import Cancelled, Report
from tools.engine.runs import CHECKPOINT_FILE, ENVIRONMENT_FILE, Run, cannot_write
from tools.errors import ToolsError


def main(arguments: list[str]) -> int:
    """Run what FOLDER/config.json says, holding the open lock LOCK until the process ends."""
    from tools.engine.runs import _read

    folder, lock = Path(arguments[0]), int(arguments[1])
    os.set_inheritable(lock, False)  # children of the lab must not seem to be the run
    run = _read(folder)
    if run is None:
        print("config.json cannot be read", file=sys.stderr)
        return 2
    with contextlib.suppress(OSError):
        os.nice(5)  # the app comes first
    return perform(run)


def perform(run: Run) -> int:
    """Run a lab in this process, from its checkpoint if there is one; the exit status of the process.

    0 finished, 1 failed, 130 cancelled. Signals TERM and INT cancel it when this is the main thread.
    """
    log = EventLog(run.folder)
    try:
        log.write("log", text="Loading PyTorch ...")
        return _performed(run, log)
    except Cancelled:
        log.write("cancelled")
        return 130
    except Exception as error:
        log.write("failed", **_explained(error, run))  # first, as the disk may be full
        with contextlib.suppress(OSError):
            traceback.print_exc()
        return 1
    finally:
        with contextlib.suppress(OSError):
            log.close()


def _performed(run: Run, log: EventLog) -> int:
    early = _Early()
    early.install()
    import time

    import torch

    from tools.engine import devices
    from tools.labs import open_lab

    lab = open_lab(run.lab)
    config = lab.config.model_validate(run.settings)
    device = devices.choose_device(run.device)
    torch.set_num_threads(devices.thread_count())
    devices.seed_everything(config.seed)
    report = Report(run, log, device, config.seed)
    early.report = report
    early.check()
    log.write(
        "started",
        lab=run.lab,
        settings=run.settings,
        device=devices.describe(device),
        pid=os.getpid(),
        resumed_from=report.resumed_from,
    )
    _write_environment(run, devices.describe(device))
    began = time.monotonic()
    metrics = lab.run(config, report)
    seconds = time.monotonic() - began
    early.done = True  # a finished run is finished, even if a cancel comes now
    log.write(
        "result",
        lab=run.lab,
        metrics=metrics,
        seconds=round(seconds, 3),
        device=devices.describe(device),
        data=report.data,
        model=report.model,
    )
    with contextlib.suppress(OSError):
        (run.folder / CHECKPOINT_FILE).unlink(missing_ok=True)
    return 0


class _Early:
    """Signals: before there is a report a cancel waits for it, after the result it is too late."""

    def __init__(self) -> None:
        self.report: Report | None = None
        self.done = False
        self._asked = False

    def install(self) -> None:
        """Take TERM and INT; nothing outside the main thread, where Python allows no handlers."""
        with contextlib.suppress(ValueError):
            signal.signal(signal.SIGTERM, self._cancel)
            signal.signal(signal.SIGINT, self._cancel)

    def check(self) -> None:
        """Raise Cancelled where a cancel came early."""
        if self._asked:
            raise Cancelled

    def _cancel(self, *_: Any) -> None:
        self._asked = True
        if self.report is None:
            raise Cancelled
        if not self.done:
            self.report.cancel()


def _explained(error: Exception, run: Run) -> dict[str, Any]:
    """An error as the `failed` event carries it."""
    from tools.engine.memory import is_out_of_memory

    if isinstance(error, OSError) and error.errno in (28, 122):
        error = cannot_write(run.folder, error)
    resume = f" Then go on with: tutor lab resume {run.id}" if run.can_resume() else ""
    if isinstance(error, ToolsError):
        help = f"{error.help}{resume if error.retryable else ''}".strip()
        return {"title": error.title, "message": str(error), "help": help, "retryable": error.retryable}
    if is_out_of_memory(error):
        return {
            "title": "Out of memory",
            "message": "The device has no memory left, even for one example at a time.",
            "help": "Choose a smaller model, shorter texts or smaller images, or close other programs.",
            "retryable": True,
        }
    return {
        "title": "The lab stopped with an error",
        "message": f"{type(error).__name__}: {str(error).strip() or 'no message'}"[:500],
        "help": f"The whole error is in {run.folder / 'output.log'}; please report it.",
        "retryable": False,
    }


def _write_environment(run: Run, device: str) -> None:
    """Versions and device beside the run, so that it can be repeated elsewhere."""
    import json
    import platform
    from importlib.metadata import PackageNotFoundError, version

    versions = {}
    for name in ("torch", "transformers", "scikit-learn", "numpy", "datasets", "tokenizers", "ml-tutor"):
        with contextlib.suppress(PackageNotFoundError):
            versions[name] = version(name)
    values = {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "device": device,
        "seed": run.settings.get("seed"),
        "versions": versions,
    }
    (run.folder / ENVIRONMENT_FILE).write_text(json.dumps(values, indent=1), encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
