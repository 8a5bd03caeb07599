"""Runs made by hand: what a lab's process would have written, without running it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.engine import runs
from tools.engine.events import EventLog

Curve = Sequence[tuple[float, float]]

FALLING: Curve = [(0, 0.7), (1, 0.5), (2, 0.35), (3, 0.2), (4, 0.12), (5, 0.05)]
TURNING: Curve = [(0, 0.7), (1, 0.6), (2, 0.55), (3, 0.58), (4, 0.66), (5, 0.81)]
FOLLOWING: Curve = [(0, 0.71), (1, 0.52), (2, 0.38), (3, 0.24), (4, 0.17), (5, 0.11)]


def write_run(
    home: Path,
    lab: str = "linear-classifier",
    curves: Mapping[str, Curve] | None = None,
    metrics: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    artifacts: Sequence[tuple[str, str, dict[str, Any]]] = (),
    ending: Mapping[str, Any] | None = None,
) -> runs.Run:
    """A run of `lab` that has ended: with a result, or as `ending` says ({"event": "failed", ...})."""
    from tools.labs import open_lab

    config = open_lab(lab).config.model_validate(dict(settings or {}))
    run = runs.create(home, lab, config.model_dump(), "auto", None)
    log = EventLog(run.folder)
    log.write("started", lab=lab, settings=run.settings, device="cpu", pid=1, resumed_from=None)
    log.write("data", name="made-by-hand", source="these tests", rows=10)
    steps = sorted({step for curve in (curves or {}).values() for step, _ in curve})
    for step in steps:
        values = {name: value for name, curve in (curves or {}).items() for at, value in curve if at == step}
        log.write("metric", step=step, values=values)
    for name, kind, data in artifacts:
        (run.folder / "artifacts" / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
        log.write("artifact", name=name, kind=kind, title=name, file=f"{name}.json")
    if ending is None:
        log.write("result", lab=lab, metrics=dict(metrics or {}), seconds=1.0, device="cpu")
    else:
        rest = {key: value for key, value in ending.items() if key != "event"}
        log.write(str(ending["event"]), **rest)
    log.close()
    return run


def confusion(labels: Sequence[str], counts: Sequence[Sequence[int]]) -> tuple[str, str, dict[str, Any]]:
    return "confusion", "matrix", {"labels": list(labels), "counts": [list(row) for row in counts]}


def misread(*items: tuple[str, str, str]) -> tuple[str, str, dict[str, Any]]:
    listed = [{"text": text, "truth": truth, "predicted": said, "score": 0.75} for text, truth, said in items]
    return "misread", "examples", {"items": listed}
