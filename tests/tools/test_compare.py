"""Runs that are over: two of them compared, one written out as files, old ones removed."""

from __future__ import annotations

import csv
import json
import os
import time
from pathlib import Path

import pytest

from tools.engine import runs
from tools.engine.cleaning import removable, remove, size_of
from tools.engine.compare import compare, higher_is_better
from tools.engine.events import EventLog
from tools.engine.export import export_run
from tools.engine.report import Report
from tools.errors import RunRefused, UnknownRun


def made(home: Path, *, losses=(), metrics=None, lab="two-circles", ended="result", **settings) -> runs.Run:
    """A run that is over, with its curve of losses and the metrics of its result."""
    run = runs.create(home, lab, settings, "cpu", None)
    log = EventLog(run.folder)
    log.write("started", lab=lab, settings=settings, device="cpu (2 threads)", pid=1, resumed_from=None)
    for step, loss in enumerate(losses, start=1):
        log.write("metric", step=step, values={"loss": loss})
    if ended == "result":
        log.write("result", lab=lab, metrics=metrics or {}, seconds=2.5, device="cpu", data={}, model={})
    elif ended:
        log.write(ended, title="Stopped", message="It stopped.", help="", retryable=False)
    log.close()
    return run


def test_two_runs_differ_in_settings_metrics_and_curves(tmp_path: Path) -> None:
    first = made(tmp_path, losses=[0.9, 0.5], metrics={"loss": 0.5, "accuracy": 0.75}, steps=2, noise=0.1)
    second = made(
        tmp_path, losses=[0.9, 0.6, 0.4], metrics={"loss": 0.4, "accuracy": 0.7}, steps=3, noise=0.1
    )
    found = compare(first.view(), second.view())
    assert [(each.name, each.first, each.second) for each in found.settings] == [("steps", 2, 3)]
    metrics = {each.name: each for each in found.metrics}
    assert metrics["loss"].difference == pytest.approx(-0.1)
    assert metrics["loss"].better == second.id
    assert metrics["accuracy"].better == first.id
    assert metrics["seconds"].first == 2.5
    (curve,) = found.curves
    assert curve.first == ((1.0, 0.9), (2.0, 0.5))
    assert len(curve.second) == 3
    assert found.notes == ()
    assert json.loads(json.dumps(found.public()))["curves"]["loss"]["first"] == [[1.0, 0.9], [2.0, 0.5]]


def test_runs_of_two_labs_and_unfinished_ones_can_be_compared(tmp_path: Path) -> None:
    first = made(tmp_path, losses=[0.9], ended="failed", steps=2)
    second = made(tmp_path, metrics={"macro_f1": 0.5, "model": "minilm"}, lab="finetune-bert", epochs=1)
    found = compare(first.view(), second.view())
    assert [each.name for each in found.settings] == ["lab", "steps", "epochs"]
    metrics = {each.name: (each.first, each.second, each.difference, each.better) for each in found.metrics}
    assert metrics["loss"] == (0.9, None, None, "")
    assert metrics["model"] == (None, "minilm", None, "")
    assert "two-circles-1 is failed" in found.notes[0]


def test_different_data_make_a_note(tmp_path: Path) -> None:
    both = []
    for name, mark in (("movie-reviews", "aa" * 32), ("graded-movies", "bb" * 32)):
        run = runs.create(tmp_path, "two-circles", {}, "cpu", None)
        log = EventLog(run.folder)
        log.write("data", name=name, source="here", rows=3, hash=mark, note="")
        log.write("result", lab="two-circles", metrics={"accuracy": 1.0}, seconds=1, device="cpu")
        log.close()
        both.append(run.view())
    found = compare(*both)
    assert found.settings[-1].name == "data"
    assert "different data" in found.notes[-1]


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("val_loss", False),
        ("perplexity", False),
        ("seconds", False),
        ("val_accuracy", True),
        ("macro_f1", True),
        ("tokens_per_second", True),
        ("weight", None),
    ],
)
def test_which_way_a_metric_improves_is_read_from_its_name(name: str, better: bool | None) -> None:
    assert higher_is_better(name) is better


@pytest.fixture
def shown(tmp_path: Path) -> runs.Run:
    """A run with one artifact of each kind, as a lab's own report writes them."""
    import numpy as np
    import torch

    run = made(tmp_path / "home", losses=[0.9, float("nan"), 0.5], ended="", steps=3)
    log = EventLog(run.folder)
    report = Report(run, log, torch.device("cpu"), 0)
    report.metric(2, val_loss=0.7)
    report.table("scores", ["prompt", "accuracy"], [["a, b", 0.5], ['say "x"', 1]])
    report.matrix("confusion", ["$good", "bad"], [[3, 1], [0, 4]], title="Confusion $matrix")
    report.heatmap("weights", ["a"], ["x", "y", "z"], [[0.1, float("nan"), 0.9]], low=0, high=1)
    report.examples("misread", [{"text": "fine\nfilm", "truth": "good", "predicted": "bad", "score": 0.9}])
    report.bars("next", ["the", "日本"], [0.6, -0.1])
    report.text("story", "Once upon a time\n")
    report.images("scenes", np.zeros((2, 4, 5, 3), dtype=np.uint8), captions=["sea", "forest"])
    report.folder("model")
    log.write("result", lab="two-circles", metrics={"loss": 0.5}, seconds=1, device="cpu")
    log.close()
    return run


def test_an_export_holds_every_curve_table_and_picture(shown: runs.Run, tmp_path: Path) -> None:
    written = export_run(shown, tmp_path / "out")
    names = {str(each.relative_to(written.folder)) for each in written.files}
    assert names == {
        "run.json", "metrics.csv", "curves.png", "scores.csv", "confusion.csv", "confusion.png", "weights.csv",
        "weights.png", "misread.csv", "next.csv", "next.png", "story.txt", "scenes/1.png", "scenes/2.png",
        "scenes/captions.csv",
    }  # fmt: skip
    with (tmp_path / "out/metrics.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["step", "loss", "val_loss"], ["1", "0.9", ""], ["2", "nan", "0.7"], ["3", "0.5", ""]
    ]  # fmt: skip
    with (tmp_path / "out/scores.csv").open(newline="") as file:
        assert list(csv.reader(file))[1:] == [["a, b", "0.5"], ['say "x"', "1"]]
    values = json.loads((tmp_path / "out/run.json").read_text())
    assert (values["settings"], values["metrics"], values["state"]) == ({"steps": 3}, {"loss": 0.5}, "done")
    from PIL import Image

    assert Image.open(tmp_path / "out/scenes/2.png").size == (5, 4)
    assert Image.open(tmp_path / "out/curves.png").size[0] > 300
    assert "model" in written.notes[0]


def test_an_export_never_overwrites_silently(shown: runs.Run, tmp_path: Path) -> None:
    target = tmp_path / "out"
    export_run(shown, target)
    (target / "metrics.csv").write_text("mine")
    with pytest.raises(RunRefused, match="not empty"):
        export_run(shown, target)
    assert (target / "metrics.csv").read_text() == "mine"
    export_run(shown, target, overwrite=True)
    assert (target / "metrics.csv").read_text().startswith("step,")
    (target / "run.json").unlink()  # somebody's own files are not replaced even then
    with pytest.raises(RunRefused, match="something else"):
        export_run(shown, target, overwrite=True)
    (tmp_path / "file").touch()
    with pytest.raises(RunRefused, match="is a file"):
        export_run(shown, tmp_path / "file")
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".out")] == []


def test_a_damaged_artifact_is_left_out_and_told(shown: runs.Run, tmp_path: Path) -> None:
    (shown.folder / "artifacts/scores.json").write_text('{"columns": [')
    (shown.folder / "artifacts/confusion.json").write_text('{"labels": ["a"], "counts": []}')
    (shown.folder / "artifacts/scenes.npy").write_bytes(b"not an array")
    written = export_run(shown, tmp_path / "out")
    assert sum("is damaged" in note for note in written.notes) == 3
    assert (tmp_path / "out/next.png").is_file()


def test_cleaning_takes_the_runs_that_fit_every_condition(tmp_path: Path) -> None:
    done, failed, stopped, newest = (
        made(tmp_path, ended=each) for each in ("result", "failed", "cancelled", "result")
    )
    ids = [each.id for each in removable(tmp_path)]
    assert ids == [done.id, failed.id, stopped.id, newest.id]
    assert [each.id for each in removable(tmp_path, failed=True)] == [failed.id, stopped.id]
    assert [each.id for each in removable(tmp_path, keep=2)] == [done.id, failed.id]
    assert [each.id for each in removable(tmp_path, ids=["last", "last"])] == [newest.id]
    assert removable(tmp_path, older_than_days=1) == []
    assert removable(tmp_path, older_than_days=float("nan")) == []  # no age fits it
    with pytest.raises(UnknownRun):
        removable(tmp_path, ids=["no-such-run"])
    going = removable(tmp_path, keep=2)
    assert remove(going) == sum(each.size for each in going) > 0
    assert [run.id for run in runs.all_runs(tmp_path)] == [newest.id, stopped.id]
    assert remove(going) == 0  # again changes nothing


def test_a_running_run_is_never_removed(tmp_path: Path) -> None:
    over, running = made(tmp_path), made(tmp_path, ended="")
    with runs.holding(running.folder):
        assert [each.id for each in removable(tmp_path)] == [over.id]
        with pytest.raises(RunRefused, match="is running"):
            removable(tmp_path, ids=[running.id])
    chosen = removable(tmp_path, ids=[running.id])  # nobody holds it: it died
    with runs.holding(running.folder):  # resumed between the look and the removal
        assert remove(chosen) == 0
    assert running.folder.is_dir()


def test_damaged_folders_go_with_the_failed_but_not_a_run_being_created_nor_anything_else(
    tmp_path: Path,
) -> None:
    torn, fresh, own = (tmp_path / "runs" / name for name in ("torn-1", "fresh-1", "my-notes"))
    for folder in (torn, fresh, own):
        folder.mkdir(parents=True)
    (own / "notes.txt").write_text("mine")
    for folder in (torn, fresh):
        (folder / "events.jsonl").write_bytes(b'\xff{"event": "resu')
    long_ago = time.time() - 3_600
    os.utime(torn / "events.jsonl", (long_ago, long_ago))
    for _ in range(2):  # looking does not make it younger
        assert [(each.id, each.state) for each in removable(tmp_path, failed=True)] == [("torn-1", "damaged")]
    remove(removable(tmp_path, failed=True))
    assert sorted(each.name for each in (tmp_path / "runs").iterdir()) == ["fresh-1", "my-notes"]


def test_a_link_out_of_a_run_is_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_bytes(b"x" * 5_000)
    run = made(tmp_path / "home")
    (run.folder / "artifacts" / "link").symlink_to(precious)
    assert size_of(run.folder) < 5_000
    remove(removable(tmp_path / "home"))
    assert (precious / "file").is_file()
    assert not run.folder.exists()
