"""A run in a process of its own: seen by whoever looks, stopped when asked, gone on with after a crash."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tools.engine import local, runs
from tools.errors import BadData, BadSettings, DiskFull, RunRefused, UnknownLab, UnknownRun

PROBES = Path(__file__).parent / "probes"
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _probe_lab(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lab `probe`, in this process for the time of a test and in the processes it starts."""
    from importlib.util import module_from_spec, spec_from_file_location

    from tools.labs import LABS

    spec = spec_from_file_location("probe_registration", PROBES / "probe_registration.py")
    assert spec is not None
    assert spec.loader is not None
    registration = module_from_spec(spec)
    spec.loader.exec_module(registration)
    monkeypatch.setattr(sys, "meta_path", [registration.Finder(), *sys.meta_path])
    monkeypatch.setitem(LABS, "probe", registration.PROBE)
    monkeypatch.setenv("PYTHONPATH", str(PROBES))


def ended(run: runs.Run, seconds: float = 60) -> runs.RunView:
    """The run's view once it has ended."""
    follower = runs.Follower(run)
    deadline = time.monotonic() + seconds
    while not follower.ended:
        assert time.monotonic() < deadline, follower.view
        follower.poll()
        time.sleep(0.02)
    return follower.view


def fill(path: Path) -> None:
    """Write until the disk is full."""
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 512)


def until(run: runs.Run, true, seconds: float = 60) -> runs.RunView:
    """The run's view once something is true of it."""
    follower = runs.Follower(run)
    deadline = time.monotonic() + seconds
    while not true(follower.view):
        assert time.monotonic() < deadline, follower.view
        assert not follower.ended, follower.view
        follower.poll()
        time.sleep(0.02)
    return follower.view


def test_a_run_reports_its_curve_and_its_result(tmp_path: Path) -> None:
    view = ended(local.start(tmp_path, "probe", {"steps": "30"}, device="cpu"))
    assert view.state == "done", view.error
    assert [step for step, _ in view.metrics["loss"]] == list(range(1, 31))
    assert view.result["metrics"]["loss"] == view.latest()["loss"]
    assert view.result["data"]["name"] == "points"
    assert view.device.startswith("cpu")
    assert view.progress.done == view.progress.total == 30
    environment = json.loads((tmp_path / "runs/probe-1/environment.json").read_text())
    assert environment["versions"]["torch"]
    assert not (tmp_path / "runs/probe-1/checkpoint.pt").exists()
    assert not (tmp_path / "runs/probe-1/reserve").exists()


def test_the_same_seed_gives_the_same_metrics(tmp_path: Path) -> None:
    first = local.start(tmp_path, "probe", {"seed": 4})
    second = local.start(tmp_path, "probe", {"seed": 4})
    third = local.start(tmp_path, "probe", {"seed": 5})
    metrics = [ended(run).result["metrics"] for run in (first, second, third)]
    assert metrics[0] == metrics[1] != metrics[2]
    assert [run.id for run in runs.all_runs(tmp_path)] == ["probe-3", "probe-2", "probe-1"]


def test_a_killed_run_is_seen_as_failed_and_resumes_to_equal_metrics(tmp_path: Path) -> None:
    whole = local.start(tmp_path, "probe", {"steps": 35})
    killed = local.start(tmp_path, "probe", {"steps": 35, "die_at": 27})
    view = ended(killed)
    assert view.state == "failed"
    assert "resume probe-2" in view.error.help
    assert max(view.points["loss"]) == 27  # no finished step is lost
    local.resume(killed)
    again = ended(killed)
    assert again.state == "done"
    assert again.resumed_from == 20
    expected = ended(whole)
    assert again.result["metrics"] == expected.result["metrics"]
    assert again.metrics == expected.metrics


def test_cancel_works_within_a_second_and_can_be_resumed(tmp_path: Path) -> None:
    run = local.start(tmp_path, "probe", {"steps": 2000, "pause": 0.01})
    until(run, lambda view: len(view.points.get("loss", ())) > 25)
    began = time.monotonic()
    assert local.cancel(run)
    assert time.monotonic() - began < 5  # a second on an idle machine
    assert run.view().state == "cancelled"
    assert not run.is_alive()
    assert not local.cancel(run)
    local.resume(run)
    assert until(run, lambda view: view.state == "running").resumed_from >= 20
    local.cancel(run)


def test_a_lab_deep_in_a_computation_is_cancelled_too(tmp_path: Path) -> None:
    run = local.start(tmp_path, "probe", {"act": "hang"})
    until(run, lambda view: "hanging" in view.logs)
    local.cancel(run)
    assert run.view().state == "cancelled"


def test_a_cancel_before_the_lab_began_is_honoured(tmp_path: Path) -> None:
    run = local.start(tmp_path, "probe", {"act": "hang"})
    local.cancel(run)
    assert run.view().state == "cancelled"
    assert not run.is_alive()


def test_a_process_killed_from_outside_is_noticed_and_said_once(tmp_path: Path) -> None:
    run = local.start(tmp_path, "probe", {"act": "hang"})
    pid = None
    while pid is None:
        events = (run.folder / "events.jsonl").read_text().splitlines()
        pid = next((json.loads(line)["pid"] for line in events if '"started"' in line), None)
        time.sleep(0.02)
    followers = [runs.Follower(run) for _ in range(3)]
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while not all(follower.ended for follower in followers) and time.monotonic() < deadline:
        for follower in followers:
            follower.poll()
        time.sleep(0.05)
    assert [follower.view.state for follower in followers] == ["failed"] * 3
    lines = (run.folder / "events.jsonl").read_text().splitlines()
    assert sum('"failed"' in line for line in lines) == 1


def test_a_run_outlives_the_program_that_started_it(tmp_path: Path) -> None:
    program = f"""
import os, signal
from pathlib import Path
from tools.engine import local
local.start(Path({str(tmp_path)!r}), "probe", {{"steps": 100, "pause": 0.02}})
os.kill(os.getpid(), signal.SIGKILL)
"""
    path = os.pathsep.join([str(ROOT), str(PROBES)])
    subprocess.run([sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": path}, cwd=tmp_path)
    assert ended(runs.find(tmp_path, "last")).state == "done"


def test_a_lab_that_crashes_says_what_happened(tmp_path: Path) -> None:
    run = local.start(tmp_path, "probe", {"act": "crash"})
    view = ended(run)
    assert view.state == "failed"
    assert "the probe fell over" in view.error.message
    assert "Traceback" in (run.folder / "output.log").read_text()


def test_a_lab_that_refuses_its_data_gives_its_own_sentence(tmp_path: Path) -> None:
    view = ended(local.start(tmp_path, "probe", {"act": "refuse"}))
    assert (view.error.message, view.error.help) == ("Only one class: 'good'.", "Give at least two classes.")


def test_what_libraries_print_stays_out_of_the_events(tmp_path: Path) -> None:
    run = local.start(tmp_path, "probe", {"act": "noisy"})
    assert ended(run).state == "done"
    for line in (run.folder / "events.jsonl").read_text().splitlines():
        json.loads(line)
    assert "native noise" in (run.folder / "output.log").read_text()


def test_numbers_that_are_none_survive_the_journey(tmp_path: Path) -> None:
    run = local.start(tmp_path, "probe", {"act": "nan"})
    view = ended(run)
    assert str(view.metrics["loss"]) == "[(1.0, nan)]"
    assert view.result["metrics"] == {"loss": "inf"}
    for line in (run.folder / "events.jsonl").read_text().splitlines():
        json.loads(line, parse_constant=pytest.fail)


def test_out_of_memory_halves_the_batch_says_so_and_learns_the_same(tmp_path: Path) -> None:
    plenty = local.start(tmp_path, "probe", {"dropout": 0})
    scarce = local.start(tmp_path, "probe", {"act": "starved", "dropout": 0})
    first, second = ended(plenty), ended(scarce)
    assert second.result["metrics"]["parts"] == 8
    assert any("parts of 8" in line for line in second.logs)
    assert second.result["metrics"]["loss"] == pytest.approx(first.result["metrics"]["loss"], rel=1e-4)


def test_keys_do_not_reach_a_lab_that_sends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("TOKENIZERS_PARALLELISM", "true")
    run = local.start(tmp_path, "probe", {"act": "hang"})
    view = until(run, lambda view: view.state == "running")
    pid = int((run.folder / "pid").read_text())
    if sys.platform == "linux":
        assert "sk-secret" not in Path(f"/proc/{pid}/environ").read_text()
    assert view.state == "running"
    local.cancel(run)


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({"steps": "many"}, "steps cannot be 'many'; it is a whole number from 1 to 100000 (steps)."),
        ({"steps": "0"}, "from 1 to 100000"),
        ({"act": "dance"}, "one of train, hang"),
        ({"pause": "nan"}, "pause cannot be"),
        ({"step": "3"}, "has no setting called 'step'"),
    ],
)
def test_bad_settings_are_named_before_anything_is_made(tmp_path: Path, settings, part: str) -> None:
    with pytest.raises(BadSettings) as caught:
        local.start(tmp_path, "probe", settings)
    assert part in str(caught.value)
    assert not (tmp_path / "runs").exists()


def test_unknown_labs_runs_and_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownLab) as lab:
        local.start(tmp_path, "finetune-brt")
    assert "finetune-bert" in lab.value.help
    with pytest.raises(BadData):
        local.start(tmp_path, "probe", data=tmp_path / "nothing.csv")
    with pytest.raises(UnknownRun):
        runs.find(tmp_path, "last")


def test_a_run_is_found_by_its_beginning_unless_two_have_it(tmp_path: Path) -> None:
    for _ in range(2):
        runs.create(tmp_path, "probe", {}, "cpu", None)
    runs.create(tmp_path, "two-circles", {}, "cpu", None)
    assert runs.find(tmp_path, "two").id == "two-circles-1"
    assert runs.find(tmp_path, "probe-1").id == "probe-1"
    with pytest.raises(UnknownRun, match="several"):
        runs.find(tmp_path, "pro")
    with pytest.raises(UnknownRun) as unknown:
        runs.find(tmp_path, "prode-1")
    assert "probe-1" in unknown.value.help


def test_what_runs_or_is_done_is_not_resumed(tmp_path: Path) -> None:
    run = local.start(tmp_path, "probe", {"act": "hang"})
    with pytest.raises(RunRefused, match="still running"):
        local.resume(run)
    local.cancel(run)
    done = local.start(tmp_path, "probe", {"steps": 1})
    ended(done)
    with pytest.raises(RunRefused, match="done"):
        local.resume(done)


def test_many_runs_started_at_once_get_numbers_of_their_own(tmp_path: Path) -> None:
    made: list[runs.Run] = []
    threads = [
        threading.Thread(target=lambda: made.append(runs.create(tmp_path, "probe", {}, "cpu", None)))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({run.id for run in made}) == 20


def test_a_removed_runs_number_is_not_given_again(tmp_path: Path) -> None:
    import shutil

    run = runs.create(tmp_path, "probe", {}, "cpu", None)
    shutil.rmtree(run.folder)
    assert runs.create(tmp_path, "probe", {}, "cpu", None).id == "probe-2"


def test_garbage_in_the_events_is_passed_over(tmp_path: Path) -> None:
    run = local.start(tmp_path, "probe", {"steps": 3})
    ended(run)
    with (run.folder / "events.jsonl").open("ab") as file:
        file.write(b'\xff\xfe\n[1,2]\n{"event": 3}\n{"event":"metric","step":"x","values":[]}\n{"event":"art')
    view = run.view()
    assert view.state == "done"
    assert len(view.metrics["loss"]) == 3


def test_an_event_cannot_point_outside_its_run(tmp_path: Path) -> None:
    run = local.start(tmp_path, "probe", {"steps": 1})
    ended(run)
    event = {"event": "artifact", "name": "x", "kind": "text", "file": "../../../../etc/passwd"}
    with (run.folder / "events.jsonl").open("a") as file:
        file.write(json.dumps(event) + "\n")
    assert run.view().artifacts == {}


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file in the way")
    with pytest.raises(DiskFull):
        local.start(tmp_path, "probe")


@pytest.mark.skipif(os.geteuid() != 0 or sys.platform != "linux", reason="mounting a small disk needs root")
def test_a_full_disk_fails_the_run_loses_no_step_and_can_be_resumed(tmp_path: Path) -> None:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", tmp_path], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk is not allowed here")
    try:
        run = local.start(tmp_path, "probe", {"steps": 600, "pause": 0.005})
        until(run, lambda view: len(view.points.get("loss", ())) > 40)
        filler = tmp_path / "filler"
        fill(filler)
        view = ended(run)
        assert view.state == "failed"
        assert "full" in view.error.message
        assert "resume" in view.error.help
        reached = max(view.points["loss"])
        assert sorted(view.points["loss"]) == [float(step) for step in range(1, int(reached) + 1)]
        filler.unlink()
        subprocess.run(["mount", "-o", "remount,size=4m", tmp_path], check=True)
        local.resume(run)
        assert ended(run).state == "done"
    finally:
        for other in runs.all_runs(tmp_path):
            local.cancel(other)
        subprocess.run(["umount", "-l", tmp_path], check=True)
