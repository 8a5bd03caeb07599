"""`tutor lab` and `tutor runs`: started, watched, interrupted, resumed, compared and cleared from the command line."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tools.engine import runs
from tools.labs import LABS

ROOT = Path(__file__).parents[2]
PROBES = ROOT / "tests" / "tools" / "probes"  # one more lab, `probe`, that does what a test asks of it
ENV = {"PYTHONPATH": f"{PROBES}{os.pathsep}{ROOT}"}
Run = Callable[..., Any]
Environment = Callable[..., dict[str, str]]
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the machine is measured and one probe has run to its end."""
    home = tmp_path_factory.mktemp("labs") / "home"
    started = subprocess.run(
        [sys.executable, "-m", "tutor", "lab", "run", "probe", "--set", "steps=5", "--json"],
        capture_output=True,
        text=True,
        env={**os.environ, "TUTOR_HOME": str(home), **ENV},
        timeout=120,
    )
    assert started.returncode == 0, started.stdout + started.stderr
    (home / "stream.jsonl").write_text(started.stdout)
    return home


@pytest.fixture
def lab(measured: Path, home: Path, run_tutor: Run) -> Run:
    """`lab("run", "probe")` over a copy of that folder, with the probe among the labs."""
    shutil.copytree(measured, home)

    def run(*arguments: str, **rest: Any) -> Any:
        return run_tutor(home, *arguments, env=ENV, **rest)

    return run


def begun(home: Path, run_id: str, true: Callable[[runs.RunView], bool]) -> runs.Run:
    """The run, once something is true of it."""
    deadline = time.monotonic() + 60
    while True:
        assert time.monotonic() < deadline
        try:
            run = runs.find(home, run_id)
            if true(run.view()):
                return run
        except Exception as error:  # not there yet
            if getattr(error, "title", "") != "No such run":
                raise
        time.sleep(0.05)


def training(view: runs.RunView) -> bool:
    return len(view.points.get("loss", ())) > 11


def test_the_stream_is_the_runs_events_and_ends_with_the_result(measured: Path) -> None:
    events = [json.loads(line) for line in (measured / "stream.jsonl").read_text().splitlines()]
    assert events[0]["event"] == "starting"
    assert {"started", "log", "data", "metric", "progress"} <= {each["event"] for each in events}
    assert [each["event"] for each in events].count("result") == 1
    assert {each["run"] for each in events} == {"probe-1"}
    result = events[-1]
    assert result["event"] == "result"
    assert set(result) >= {"lab", "metrics", "seconds", "device", "data", "model"}
    assert [each["step"] for each in events if each["event"] == "metric"] == [1, 2, 3, 4, 5]


def test_the_labs_are_listed_shown_and_read(lab: Run) -> None:
    names = [each["name"] for each in lab("lab", "list", "--json").json["labs"]]
    assert names == [*(name for name in LABS if name != "probe"), "probe"]
    assert lab("lab").out == lab("lab", "list").out
    shown = lab("lab", "show", "Two_Circles")
    assert "hidden = 4  a whole number from 1 to 64 (neurons)" in shown.out
    assert "Hidden neurons" in shown.out
    settings = {each["name"]: each for each in lab("lab", "show", "two-circles", "--json").json["settings"]}
    assert settings["hidden"]["low"] == 1
    assert all(each["sentence"] for each in settings.values())
    assert lab("lab", "source", "two-circles").out == (ROOT / "tools/labs/two_circles.py").read_text()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "probe", "--set", "steps=0"], ["steps", "from 1 to 100000 (steps)"]),
        (["run", "probe", "--set", "steps"], ["KEY=VALUE"]),
        (["run", "probe", "--set", "steps=3", "--set", "steps=4"], ["steps is set twice"]),
        (["run", "probe", "--device", "tpu"], ["auto"]),
        (["show", "zzz"], ["tutor lab list"]),
        (["resume", "probe-1"], ["nothing left to resume"]),
        (["cancel"], ["No run is starting or running"]),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_code_2(
    lab: Run, home: Path, arguments: list[str], says: list[str]
) -> None:
    ran = lab("lab", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err.splitlines()) <= 2
    assert all(each in ran.err for each in says), ran.err
    assert len(runs.all_runs(home)) == 1


def test_a_dry_run_says_what_it_takes_and_starts_nothing(lab: Run, home: Path) -> None:
    said = lab("lab", "run", "probe", "--set", "steps=7", "--dry-run")
    assert "probe (steps 7). It takes about 1 s and up to 100 MB of memory on cpu" in said.out
    planned = lab("lab", "run", "probe", "--dry-run", "--json").json
    assert (planned["device"], planned["refused"]) == ("cpu", "")
    assert len(runs.all_runs(home)) == 1


def test_in_a_pipe_the_result_is_plain_text_and_the_rest_goes_to_stderr(lab: Run, home: Path) -> None:
    ran = lab("lab", "watch", "probe-1")  # a run that is over is shown as it ended
    assert ran.code == 0, ran.err
    assert ran.out.startswith("probe-1  done")
    assert str(home / "runs/probe-1") in ran.out
    assert "\x1b" not in ran.out + ran.err
    assert "Loading" in ran.err


def test_a_failed_run_is_exit_code_1_and_its_last_event_says_why(lab: Run) -> None:
    ran = lab("lab", "run", "probe", "--set", "act=refuse", "--json")
    assert ran.code == 1
    assert ran.lines[-1]["event"] == "failed"
    assert "Only one class" in ran.lines[-1]["message"]
    watched = lab("lab", "watch", "probe-2")
    assert watched.code == 1
    assert "Only one class" in watched.out
    assert "Give at least two classes." in watched.out


def test_after_the_last_step_only_what_was_logged_since_is_shown(tmp_path: Path) -> None:
    from tools.engine.events import EventLog
    from tutor.cli.lab_live import _progress

    run = runs.create(tmp_path, "two-circles", {}, "cpu", None)
    follower = runs.Follower(run, notice_death=False)
    shown = []
    log = EventLog(run.folder)
    for event in (
        ("log", {"text": "Loading PyTorch ..."}),
        ("started", {"device": "cpu"}),
        ("progress", {"done": 5, "total": 5, "unit": "step"}),
        ("log", {"text": "Testing ..."}),
    ):
        log.write(event[0], **event[1])
        follower.poll()
        shown.append(_progress(follower.view))
    log.close()
    started = f"{run.id} running"
    assert shown == ["Loading PyTorch ...", started, "step 5/5  100%", "Testing ..."]


def test_ctrl_c_on_a_terminal_cancels_the_run_which_can_be_resumed(
    lab: Run, home: Path, environment: Environment
) -> None:
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "tutor", "lab", "run", "probe", "--set", "steps=40", "--set", "pause=0.05"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(home, {**ENV, "TERM": "xterm-256color", "COLUMNS": "80"}),
        start_new_session=True,
    )
    os.close(theirs)
    shown = ""
    deadline = time.monotonic() + 60
    sent = False
    while child.poll() is None or select.select([ours], [], [], 0)[0]:
        assert time.monotonic() < deadline
        if select.select([ours], [], [], 0.1)[0]:
            try:
                shown += os.read(ours, 65_536).decode(errors="replace")
            except OSError:
                break
        if not sent and re.search(r"step 1\d/40", shown):
            child.send_signal(signal.SIGINT)
            sent = True
    os.close(ours)
    assert child.wait() == 130
    plain = CONTROL.sub("", shown)
    assert re.search(r"loss +0\.\d+ +[▁▂▃▄▅▆▇█]+", plain)
    assert "probe-2 is cancelled. Go on with: tutor lab resume probe-2" in plain
    assert lab("runs", "show", "last", "--json").json["state"] == "cancelled"
    resumed = lab("lab", "resume", "--json")
    assert resumed.code == 0
    assert resumed.lines[0]["event"] == "starting"  # what it reported before is not told again
    assert resumed.lines[-1]["event"] == "result"
    assert next(each for each in resumed.lines if each["event"] == "started")["resumed_from"] >= 10


def test_a_run_outlives_the_command_that_started_it(lab: Run, home: Path, environment: Environment) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "tutor", "lab", "run", "probe", "--set", "steps=5000", "--set", "pause=0.05"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(home, ENV),
    )
    run = begun(home, "probe-2", training)
    child.terminate()
    _, told = child.communicate(timeout=30)
    assert child.returncode == 130
    assert b"probe-2 goes on by itself" in told
    assert run.view().state == "running"
    reader = subprocess.run(  # a reader that leaves does not stop it either
        ["bash", "-c", f"set -o pipefail; {sys.executable} -m tutor lab watch --json | head -1"],
        capture_output=True,
        env=environment(home, ENV),
        timeout=60,
    )
    assert (reader.returncode, reader.stdout.count(b"\n")) == (0, 1)
    assert lab("runs", "clean", "--all", "--json").json["removed"] == ["probe-1"]
    assert lab("runs", "clean", "last").code == 2
    assert lab("lab", "cancel", "--json").json == {"run": "probe-2", "state": "cancelled"}


def test_two_runs_at_once_have_ids_of_their_own_and_are_listed(lab: Run, home: Path) -> None:
    ids = [lab("lab", "run", "probe", "--detach", "--json").json["run"]]
    ids.append(lab("lab", "run", "probe", "--set", "steps=2", "--detach").out.strip())
    assert ids == ["probe-2", "probe-3"]
    for each in ids:
        begun(home, each, lambda view: view.state == "done")
    listed = lab("runs", "--json").json["runs"]
    assert [each["run"] for each in listed] == ["probe-3", "probe-2", "probe-1"]
    compared = lab("runs", "compare", "probe-1", "last", "--json").json
    assert [each["name"] for each in compared["settings"]] == ["steps"]
    assert "● probe-1  ○ probe-2" in lab("runs", "compare", "probe-1", "probe-2").out


def test_an_id_may_be_cut_short_and_a_wrong_one_names_the_close_ones(lab: Run) -> None:
    assert lab("runs", "show", "prob", "--json").json["run"] == "probe-1"
    missing = lab("runs", "show", "probe-7")
    assert missing.code == 2
    assert "Close: probe-1." in missing.err


def test_a_torn_run_is_still_shown_and_a_damaged_folder_cleared(lab: Run, home: Path) -> None:
    torn = home / "runs" / "probe-1" / "events.jsonl"
    whole = torn.read_bytes()
    cut = whole[: whole.index(b'"result"') - 30]
    torn.write_bytes(b"\xff\x00garbage\n[1, 2]\n" + cut)
    lost = home / "runs" / "probe-0"
    lost.mkdir()
    (lost / "events.jsonl").write_bytes(whole)
    os.utime(lost / "events.jsonl", (1, 1))
    shown = lab("runs", "show", "probe-1", "--json").json
    assert shown["state"] == "failed"
    assert len(shown["curves"]["loss"]) == 5
    assert "probe-0" not in lab("runs").out
    assert lab("runs", "show", "probe-1").code == 0
    asked = lab("runs", "clean", "--failed")
    assert asked.code == 2
    assert "--yes" in asked.err
    cleaned = lab("runs", "clean", "--failed", "--yes", "--json").json
    assert cleaned["removed"] == ["probe-0", "probe-1"]
    assert cleaned["bytes"] > len(whole)


def test_clean_without_saying_which_removes_nothing(lab: Run, home: Path) -> None:
    assert lab("runs", "clean", "--yes").code == 2
    assert lab("runs", "clean", "--keep", "1", "--yes").out == "No run fits that; nothing was removed.\n"
    nonsense = lab("runs", "clean", "--older-than", "nan", "--yes")
    assert (nonsense.code, nonsense.out) == (2, "")
    assert [run.id for run in runs.all_runs(home)] == ["probe-1"]


def test_export_writes_files_and_never_overwrites_silently(lab: Run, tmp_path: Path) -> None:
    target = tmp_path / "out"
    written = lab("runs", "export", "--to", str(target), "--json").json
    assert written["files"] == ["curves.png", "metrics.csv", "run.json"]
    again = lab("runs", "export", "probe-1", "--to", str(target))
    assert (again.code, again.out) == (2, "")
    assert lab("runs", "export", "--to", str(target), "--overwrite").out.startswith(str(target))
