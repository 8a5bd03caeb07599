"""What a lab reports while it runs: curves, progress, things to look at, checkpoints.

A lab writes here and nowhere else. Cancelled is raised out of any of these calls, or between two
lines of the lab, when the person cancels; labs do not catch it.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.engine.checkpoints import load_checkpoint, save_checkpoint
from tools.engine.events import EventLog, json_safe

if TYPE_CHECKING:
    import numpy as np
    import torch

    from tools.engine.runs import Run


class Cancelled(BaseException):
    """The person cancelled the run."""


class Report:
    """The one thing a lab is given besides its settings.

    `home` is the data folder that assets live in, `data_path` the person's own data or None,
    `seed` the run's seed (Python, NumPy and PyTorch are seeded with it already), `device` where
    tensors go.
    """

    def __init__(self, run: Run, log: EventLog, device: torch.device, seed: int) -> None:
        """Report into the folder of `run`."""
        self.home: Path = run.folder.parent.parent
        self.data_path: Path | None = Path(run.data) if run.data else None
        self.device = device
        self.seed = seed
        self.data: dict[str, Any] = {}
        self.model: dict[str, Any] = {}
        self.resumed_from: int | None = None
        self._run = run
        self._log = log
        self._cancelled = False
        self._busy = 0
        self._began: tuple[float, int] | None = None
        self._next_progress = 0.0
        self._next_save = time.monotonic() + _FIRST_SAVE_SECONDS
        self._restored = load_checkpoint(run.folder)
        if self._restored is not None:
            self.resumed_from = int(self._restored["step"])
        self._process = _process()

    # -- how far it has come

    def autocast(self) -> contextlib.AbstractContextManager[Any]:
        """bfloat16 autocast where the device does it in hardware, else nothing."""
        from tools.engine.devices import autocast

        return autocast(self.device)

    def log(self, text: str) -> None:
        """Add one line to the run's log."""
        self._write("log", text=str(text))

    def progress(self, done: int, total: int, unit: str = "step") -> None:
        """Say that `done` of `total` steps are finished; written at most five times a second."""
        self._check()
        now = time.monotonic()
        if self._began is None or done < self._began[1]:
            self._began = (now, done)
        if now < self._next_progress and done < total:
            return
        self._next_progress = now + _PROGRESS_SECONDS
        from tools.engine.devices import usage

        began, first = self._began
        rate = (done - first) / (now - began) if done > first and now - began > 0.5 else 0.0
        self._write(
            "progress",
            done=done,
            total=total,
            unit=unit,
            seconds_left=round((total - done) / rate, 1) if rate else None,
            usage=usage(self._process),
        )

    def metric(self, step: float, **values: float) -> None:
        """One point of each named curve at `step`."""
        self._write("metric", step=step, values={name: float(value) for name, value in values.items()})

    # -- what it used

    def using_data(
        self, name: str, source: str, *, rows: int = 0, hash: str = "", note: str = "", **more: Any
    ) -> None:
        """Say which data the run uses and where they came from."""
        self.data = {"name": name, "source": source, "rows": rows, "hash": hash, "note": note, **more}
        self._write("data", **self.data)

    def using_model(
        self,
        name: str,
        source: str,
        *,
        parameters: int = 0,
        stand_in_for: str = "",
        note: str = "",
        **more: Any,
    ) -> None:
        """Say which model the run uses; a stand-in goes under its own name and says what it stands in for."""
        self.model = {
            "name": name,
            "source": source,
            "parameters": parameters,
            "stand_in_for": stand_in_for,
            "note": note,
            **more,
        }
        self._write("model", **self.model)

    # -- what there is to look at; the same name again replaces what was there

    def table(
        self, name: str, columns: Sequence[str], rows: Sequence[Sequence[str | int | float]], title: str = ""
    ) -> None:
        """A table of words and numbers."""
        self._artifact(name, "table", title, {"columns": list(columns), "rows": [list(row) for row in rows]})

    def matrix(self, name: str, labels: Sequence[str], counts: Any, title: str = "") -> None:
        """A confusion matrix: counts[true][predicted], each n by n for n labels."""
        self._artifact(name, "matrix", title, {"labels": list(labels), "counts": counts})

    def heatmap(
        self,
        name: str,
        row_labels: Sequence[str],
        column_labels: Sequence[str],
        values: Any,
        title: str = "",
        low: float | None = None,
        high: float | None = None,
    ) -> None:
        """A heat map of values[rows][columns]; `low` and `high` fix the ends of its scale."""
        shown = {"row_labels": list(row_labels), "column_labels": list(column_labels), "values": values}
        self._artifact(name, "heatmap", title, {**shown, "low": low, "high": high})

    def examples(self, name: str, items: Sequence[Mapping[str, Any]], title: str = "") -> None:
        """Single examples: "text" or "image" (an index into images), "truth", "predicted", "score"."""
        self._artifact(name, "examples", title, {"items": [dict(item) for item in items]})

    def bars(self, name: str, labels: Sequence[str], values: Any, title: str = "") -> None:
        """A bar for each label."""
        self._artifact(name, "bars", title, {"labels": list(labels), "values": values})

    def text(self, name: str, text: str, title: str = "") -> None:
        """A longer text."""
        self._artifact(name, "text", title, {"text": text})

    def images(self, name: str, pixels: np.ndarray, captions: Sequence[str] = (), title: str = "") -> None:
        """Pictures: uint8 [n, height, width, 3], with a caption each or none."""
        import numpy as np

        with self._uninterrupted():
            path = self._path(name, ".npy")
            spare = path.with_suffix(".tmp")
            with spare.open("wb") as file:
                np.save(file, np.ascontiguousarray(pixels, dtype=np.uint8), allow_pickle=False)
            os.replace(spare, path)
            _write_json(path.with_suffix(".json"), {"captions": list(captions)})
            self._log.write("artifact", name=name, kind="images", title=title, file=path.name)

    def folder(self, name: str, title: str = "") -> Path:
        """A folder for files that the lab writes by itself, such as a saved model."""
        path = self._path(name, "")
        path.mkdir(exist_ok=True)
        self._write("artifact", name=name, kind="folder", title=title, file=path.name)
        return path

    # -- going on after a stop

    def checkpoint(self, step: int, state: Callable[[], dict[str, Any]], force: bool = False) -> None:
        """Save what is needed to go on after `step`, unless the last save was only just now.

        `state()` is what torch.save can hold; the states of the random generators are kept beside
        it. Saving takes up at most about a sixtieth of the run's time.
        """
        self._check()
        began = time.monotonic()
        if began < self._next_save and not force:
            return
        with self._uninterrupted():
            save_checkpoint(self._run.folder, step, state())
        now = time.monotonic()
        self._next_save = now + max(_SAVE_SECONDS, 60 * (now - began))

    def restored(self) -> dict[str, Any] | None:
        """The state that the last checkpoint of this run holds, when it is being resumed; else None.

        The random generators go on from where they were.
        """
        if self._restored is None:
            return None
        from tools.engine.checkpoints import restore_chance

        restore_chance(self._restored["chance"])
        state: dict[str, Any] = self._restored["state"]
        return state

    # -- for the engine

    def cancel(self) -> None:
        """Stop the lab: at once where it is safe, else as soon as what is being written is whole."""
        self._cancelled = True
        if not self._busy:
            raise Cancelled

    def _check(self) -> None:
        if self._cancelled and not self._busy:
            raise Cancelled

    @contextlib.contextmanager
    def _uninterrupted(self) -> Iterator[None]:
        self._check()
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1
        self._check()

    def _write(self, event: str, **data: Any) -> None:
        with self._uninterrupted():
            self._log.write(event, **data)

    def _artifact(self, name: str, kind: str, title: str, data: dict[str, Any]) -> None:
        with self._uninterrupted():
            path = self._path(name, ".json")
            _write_json(path, data)
            self._log.write("artifact", name=name, kind=kind, title=title, file=path.name)

    def _path(self, name: str, suffix: str) -> Path:
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
            raise ValueError(f"an artifact's name is lower-case letters, digits and hyphens, not {name!r}")
        return self._run.folder / "artifacts" / f"{name}{suffix}"


def _write_json(path: Path, data: dict[str, Any]) -> None:
    """Replace a file in one step, so that nobody reads half of it."""
    spare = path.with_suffix(".tmp")
    spare.write_text(json.dumps(json_safe(data), ensure_ascii=False), encoding="utf-8")
    os.replace(spare, path)


def _process() -> Any:
    try:
        import psutil
    except ImportError:  # only the figures of memory and processor use are missing
        return None
    process = psutil.Process()
    process.cpu_percent()  # the first reading is always 0
    return process


_PROGRESS_SECONDS = 0.2
_FIRST_SAVE_SECONDS = 5.0
_SAVE_SECONDS = 5.0
