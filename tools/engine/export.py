"""A run as files for other programs: curves and tables as CSV, pictures as PNG, texts as they are."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.engine.compare import final_metrics
from tools.engine.runs import ENVIRONMENT_FILE, Run, cannot_write
from tools.engine.view import Artifact, RunView
from tools.errors import RunRefused, ToolsError


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: the folder, its files in order, and sentences on what could not be."""

    folder: Path
    files: tuple[Path, ...]
    notes: tuple[str, ...]


def export_run(run: Run, to: Path, *, overwrite: bool = False) -> Exported:
    """Write a run into the folder `to`, which appears whole or not at all.

    metrics.csv has one row a step and one column a curve (empty where a curve has no point there);
    run.json the settings, the result and the environment; curves.png every curve. Tables, examples,
    bars, matrices and heat maps become CSV, the last three PNG too, images one PNG each; a saved
    model stays where it is and is named in the notes. Raises RunRefused where `to` holds something
    and `overwrite` is not given, DiskFull, and ToolsError where matplotlib is not installed.
    """
    _need_matplotlib()
    target = to.expanduser().absolute()
    _check_target(target, overwrite)
    view = run.view()
    notes: list[str] = []
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as folder:
            made = Path(folder) / "export"
            made.mkdir()
            _write_all(run, view, made, notes)
            files = sorted(each.relative_to(made) for each in made.rglob("*") if each.is_file())
            _put(made, target)
    except OSError as error:
        raise cannot_write(target, error) from error
    return Exported(target, tuple(target / each for each in files), tuple(notes))


def _need_matplotlib() -> None:
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise ToolsError(
            "Exporting draws with matplotlib, which is not installed.", help="pip install matplotlib"
        ) from error


def _check_target(target: Path, overwrite: bool) -> None:
    if target.exists() and not target.is_dir():
        raise RunRefused(f"{target} is a file.", help="Choose another folder with --to.")
    if not target.is_dir() or not any(target.iterdir()):
        return
    if not overwrite:
        raise RunRefused(
            f"{target} is not empty.", help="Choose another folder with --to, or replace it: --overwrite"
        )
    if not (target / _RUN_FILE).is_file():
        raise RunRefused(
            f"{target} holds something else than an export, so it is not replaced.",
            help="Choose another folder with --to.",
        )


def _put(made: Path, target: Path) -> None:
    """Move the finished folder to its place; an earlier export there goes only once this one is whole."""
    if target.is_dir():
        target.rename(made.parent / "earlier")
    made.rename(target)


def _write_all(run: Run, view: RunView, folder: Path, notes: list[str]) -> None:
    _write_run(run, view, folder)
    _write_metrics(view, folder / "metrics.csv")
    if view.points:
        from tools.engine import charts

        charts.draw_curves(view.metrics, folder / "curves.png", title=view.id)
    for artifact in view.artifacts.values():
        write = _WRITERS.get(artifact.kind)
        if write is None:
            notes.append(f"{artifact.path} was left where it is ({artifact.title}).")
            continue
        try:
            write(artifact, artifact.load(), folder)
        except (ValueError, KeyError, TypeError, IndexError, FileNotFoundError):
            notes.append(f"{artifact.title} is damaged and was left out.")


def _write_run(run: Run, view: RunView, folder: Path) -> None:
    try:
        environment = json.loads((run.folder / ENVIRONMENT_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        environment = {}
    values = {
        "id": run.id,
        "lab": run.lab,
        "state": view.state,
        "created": run.created,
        "seconds": round(view.seconds, 3),
        "device": view.device,
        "settings": run.settings,
        "metrics": final_metrics(view),
        "data": view.data,
        "model": view.model,
        "environment": environment,
    }
    text = json.dumps(values, ensure_ascii=False, indent=2, default=str)
    (folder / _RUN_FILE).write_text(text + "\n", encoding="utf-8")


def _write_metrics(view: RunView, path: Path) -> None:
    names = list(view.points)
    steps = sorted({step for points in view.points.values() for step in points})
    rows = [[_plain(step), *(view.points[name].get(step, "") for name in names)] for step in steps]
    _write_csv(path, ["step", *names], rows)


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def _plain(step: float) -> float | int:
    return int(step) if step == int(step) else step


def _table(artifact: Artifact, data: Any, folder: Path) -> None:
    _write_csv(folder / f"{artifact.name}.csv", data["columns"], data["rows"])


def _matrix(artifact: Artifact, data: Any, folder: Path) -> None:
    from tools.engine import charts

    labels, counts = data["labels"], data["counts"]
    rows = [[label, *row] for label, row in zip(labels, counts, strict=True)]
    _write_csv(folder / f"{artifact.name}.csv", ["true \\ predicted", *labels], rows)
    charts.draw_grid(
        counts, labels, labels, folder / f"{artifact.name}.png", title=artifact.title, axes=_MATRIX_AXES
    )


def _heatmap(artifact: Artifact, data: Any, folder: Path) -> None:
    from tools.engine import charts

    rows = [[label, *row] for label, row in zip(data["row_labels"], data["values"], strict=True)]
    _write_csv(folder / f"{artifact.name}.csv", ["", *data["column_labels"]], rows)
    charts.draw_grid(
        data["values"],
        data["row_labels"],
        data["column_labels"],
        folder / f"{artifact.name}.png",
        title=artifact.title,
        low=data.get("low"),
        high=data.get("high"),
    )


def _bars(artifact: Artifact, data: Any, folder: Path) -> None:
    from tools.engine import charts

    rows = list(zip(data["labels"], data["values"], strict=True))
    _write_csv(folder / f"{artifact.name}.csv", ["label", "value"], rows)
    charts.draw_bars(data["labels"], data["values"], folder / f"{artifact.name}.png", title=artifact.title)


def _examples(artifact: Artifact, data: Any, folder: Path) -> None:
    items = data["items"]
    columns = list(dict.fromkeys(key for item in items for key in item))
    _write_csv(
        folder / f"{artifact.name}.csv", columns, [[item.get(key, "") for key in columns] for item in items]
    )


def _text(artifact: Artifact, data: Any, folder: Path) -> None:
    (folder / f"{artifact.name}.txt").write_text(data["text"], encoding="utf-8")


def _images(artifact: Artifact, data: Any, folder: Path) -> None:
    from matplotlib.image import imsave

    place = folder / artifact.name
    place.mkdir()
    captions = [*data["captions"], *[""] * len(data["pixels"])][: len(data["pixels"])]
    width = len(str(len(captions)))
    names = [f"{number:0{width}d}.png" for number in range(1, len(captions) + 1)]
    for name, pixels in zip(names, data["pixels"], strict=True):
        imsave(place / name, pixels)
    _write_csv(place / "captions.csv", ["file", "caption"], zip(names, captions, strict=True))


_WRITERS: dict[str, Callable[[Artifact, Any, Path], None]] = {
    "table": _table,
    "matrix": _matrix,
    "heatmap": _heatmap,
    "bars": _bars,
    "examples": _examples,
    "text": _text,
    "images": _images,
}
_RUN_FILE = "run.json"
_MATRIX_AXES = ("true", "predicted")
