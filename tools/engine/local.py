"""The local engine: each run is a process of its own that outlives whoever started it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.engine import runs
from tools.engine.events import EventLog
from tools.engine.runs import OUTPUT_FILE, Run, cannot_write, holding
from tools.engine.settings import checked_data, checked_device, checked_settings
from tools.errors import RunRefused
from tools.labs import open_lab


def start(
    home: Path,
    lab: str,
    settings: Mapping[str, Any] | None = None,
    *,
    device: str = "auto",
    data: str | os.PathLike[str] | None = None,
    server: Mapping[str, str] | None = None,
) -> Run:
    """Begin a run and return at once; settings left out take the lab's defaults.

    `server` holds environment variables that say which model server may be asked; only a lab that
    `sends` is given them.
    Raises UnknownLab, BadSettings, BadData (a path that is not there) or DiskFull.
    """
    opened = open_lab(lab)
    config = checked_settings(opened, settings or {})
    path = checked_data(opened.info, data)
    run = runs.create(home, opened.info.name, config.model_dump(), checked_device(opened.info, device), path)
    _spawn(run, server)
    return run


def resume(run: Run, *, server: Mapping[str, str] | None = None) -> Run:
    """Go on with a failed or cancelled run from its last checkpoint, or from its beginning without one.

    Raises RunRefused for a run that is still going or is done.
    """
    view = run.view()
    if view.state in ("starting", "running"):
        raise RunRefused(f"{run.id} is still running.", help=f"Watch it with: tutor lab watch {run.id}")
    if view.state == "done":
        raise RunRefused(
            f"{run.id} is done; there is nothing left to resume.",
            help=f"See its result with: tutor runs show {run.id}",
        )
    _spawn(run, server, again=True)
    return run


def cancel(run: Run, patience: float = 0.8) -> bool:
    """Stop a run within a second; False where it had ended already.

    It is asked first; a lab deep in a long computation is killed after `patience` seconds, and
    keeps its last checkpoint.
    """
    if not run.is_alive():
        return False
    deadline = time.monotonic() + patience
    asked = None
    while run.is_alive():
        pid = _pid(run)  # not there yet in the moment a run begins
        if pid is not None and pid != asked:
            _signal(pid, signal.SIGTERM)
            asked = pid
        if time.monotonic() > deadline:
            if pid is not None:
                _signal(pid, signal.SIGKILL)
            break
        time.sleep(0.02)
    _close_cancelled(run)
    return True


def _spawn(run: Run, server: Mapping[str, str] | None, again: bool = False) -> None:
    """Start the run's process with the lock already held, so that there is no moment when it seems dead."""
    _reap()
    try:
        with holding(run.folder, _ENDING_SECONDS) as lock, (run.folder / OUTPUT_FILE).open("ab") as output:
            (run.folder / "pid").unlink(missing_ok=True)  # an earlier life's number may be anyone's by now
            if again:
                os.write(output.fileno(), runs.RESUMED_LINE)
                log = EventLog(run.folder)
                log.write("starting", lab=run.lab)
                log.close()
            process = subprocess.Popen(
                [sys.executable, "-m", "tools.engine.worker", str(run.folder), str(lock)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=run.folder,
                env=_environment(run, server or {}),
                pass_fds=(lock,),
                start_new_session=True,
            )
            (run.folder / "pid").write_text(str(process.pid), encoding="ascii")
    except BlockingIOError as error:
        raise RunRefused(f"{run.id} is already running.", help="Wait for it, or cancel it first.") from error
    except OSError as error:
        raise cannot_write(run.folder, error) from error
    _STARTED.append(process)


def _environment(run: Run, server: Mapping[str, str]) -> dict[str, str]:
    """The environment of a run: no keys but for the labs that may ask a model server."""
    from tools.labs import find_lab

    sends = find_lab(run.lab).sends
    kept = {name: value for name, value in os.environ.items() if sends or not _is_secret(name)}
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH", "")])])
    return {
        **kept,
        **(server if sends else {}),
        "PYTHONPATH": path,
        "PYTHONUNBUFFERED": "1",
        **THREADS_SLEEP,
        "TOKENIZERS_PARALLELISM": "false",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "TRANSFORMERS_VERBOSITY": "error",
    }


def _is_secret(name: str) -> bool:
    return bool(_SECRET_WORDS & set(re.split(r"[^A-Z]+", name.upper())))


def _close_cancelled(run: Run) -> None:
    """Write the ending of a run that was killed before it could write it."""
    deadline = time.monotonic() + 0.5
    while time.monotonic() < deadline:
        try:
            with holding(run.folder):
                follower = runs.Follower(run, notice_death=False)
                follower.poll()
                if not follower.ended:
                    log = EventLog(run.folder)
                    log.write("cancelled")
                    log.close()
                return
        except BlockingIOError:
            time.sleep(0.02)
        except OSError:
            return


def _pid(run: Run) -> int | None:
    try:
        return int((run.folder / "pid").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _signal(pid: int, number: signal.Signals) -> None:
    """Signal the run's whole session, so that helpers of the lab go with it."""
    try:
        if number == signal.SIGKILL:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _reap() -> None:
    _STARTED[:] = [process for process in _STARTED if process.poll() is None]


# Waiting threads soon sleep: on two cores that were in use, spinning made training five times slower
# (finetune-bert: 57 s against 12 s); on idle ones sleeping costs a tenth.
THREADS_SLEEP = {"GOMP_SPINCOUNT": "3000"}
_SECRET_WORDS = {"KEY", "TOKEN", "SECRET", "PASSWORD", "APIKEY"}
_ENDING_SECONDS = 3.0  # from a run's last event to the end of its process
_STARTED: list[subprocess.Popen[bytes]] = []
