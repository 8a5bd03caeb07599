"""What a run will take is said before it starts, and what won't fit is refused in a sentence."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tools.assets import ASSETS
from tools.engine import calibrate, plan
from tools.engine.calibrate import measure_machine
from tools.engine.lab import Cost
from tools.engine.plan import plan_run
from tools.engine.resources import free_disk_mb, free_memory_mb
from tools.errors import BadData, BadSettings, TorchFailed, UnknownLab
from tools.labs import LABS, open_lab


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder on a machine that was measured once."""
    home = tmp_path_factory.mktemp("planned")
    measure_machine(home, "cpu")
    return home


@pytest.fixture
def costs(monkeypatch: pytest.MonkeyPatch):
    """`costs(seconds=..., memory_mb=..., assets=...)` makes two-circles cost that."""

    def cost_of(**figures) -> None:
        opened = open_lab("two-circles")
        priced = type(opened)(
            opened.info, opened.config, lambda config: Cost(**{**SMALL, **figures}), opened.run
        )
        monkeypatch.setattr(plan, "open_lab", lambda name: priced)

    return cost_of


SMALL = {"seconds": 10.0, "memory_mb": 50.0}


def test_a_plan_says_time_memory_device_and_what_was_changed(home: Path, costs) -> None:
    costs(seconds=60.0, memory_mb=300.0)
    planned = plan_run(home, "two-circles", {"steps": "50"}, "cpu")
    assert planned.settings["steps"] == 50
    assert planned.changed == ("steps",)
    assert (planned.device, planned.refused) == ("cpu", "")
    assert planned.seconds == pytest.approx(60.0 / measure_machine(home, "cpu").speed)
    assert "up to 300 MB of memory on cpu" in planned.sentence()
    assert "download" not in planned.sentence()


def test_a_machine_is_measured_once_and_anew_where_torch_or_the_processor_changed(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remembered = json.loads((home / "machine.json").read_text())
    assert remembered
    assert all("torch" in key for key in remembered)
    measured = []

    def measure(device: str) -> calibrate.Machine:
        measured.append(device)
        return calibrate.Machine("cpu", "cpu (64 threads)", False, 8.0, 0.0)

    monkeypatch.setattr(calibrate, "_measured", measure)
    assert measure_machine(home, "cpu").speed != 8.0
    assert measured == []
    monkeypatch.setattr(calibrate, "_processor", lambda: "another processor")
    assert measure_machine(home, "cpu").speed == 8.0
    assert measure_machine(home, "cpu").name == "cpu (64 threads)"
    assert measured == ["cpu"]


def test_a_file_of_the_persons_called_like_a_module_is_no_hindrance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("torch.py", "tools.py"):
        (tmp_path / name).write_text("raise SystemExit('the wrong one')")
    monkeypatch.chdir(tmp_path)
    assert measure_machine(tmp_path / "home", "cpu").speed > 0


@pytest.mark.parametrize("content", ["", "{", "[]", '{"cpu": 3}'])
def test_a_damaged_memory_of_the_machine_is_measured_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    (tmp_path / "machine.json").write_text(content)
    machine = calibrate.Machine("cpu", "cpu (1 threads)", False, 1.0, 0.0)
    monkeypatch.setattr(calibrate, "_measured", lambda device: machine)
    assert measure_machine(tmp_path, "cpu") == machine
    assert machine.name in (tmp_path / "machine.json").read_text()


def test_a_folder_that_cannot_be_written_is_no_reason_to_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    machine = calibrate.Machine("cpu", "cpu (1 threads)", False, 1.0, 0.0)
    monkeypatch.setattr(calibrate, "_measured", lambda device: machine)
    assert measure_machine(tmp_path / "file", "cpu") == machine


def test_a_device_that_is_not_there_is_refused_and_nothing_is_remembered(tmp_path: Path) -> None:
    planned = plan_run(tmp_path, "two-circles", {}, "mps" if sys.platform == "linux" else "cuda")
    assert "device that PyTorch can use" in planned.refused
    assert "--device auto" in planned.help
    assert planned.sentence() == planned.refused
    assert not (tmp_path / "machine.json").exists()


def test_a_device_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="'tpu'") as caught:
        plan_run(tmp_path, "two-circles", {}, "tpu")
    assert "cuda" in caught.value.help


def test_a_lab_without_use_for_a_gpu_is_planned_on_the_cpu(tmp_path: Path) -> None:
    assert plan_run(tmp_path, "linear-classifier").device == "cpu"
    with pytest.raises(BadSettings, match="CPU alone"):
        plan_run(tmp_path, "linear-classifier", {}, "cuda")


def test_a_lab_that_makes_its_own_data_takes_none(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="makes its own data"):
        plan_run(tmp_path, "two-circles", {}, data=tmp_path)


def test_without_torch_the_plan_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> str:
        raise calibrate.PackageNotFoundError(name)

    monkeypatch.setattr(calibrate, "version", absent)
    with pytest.raises(TorchFailed) as caught:
        plan_run(tmp_path, "two-circles")
    assert "pip install torch" in caught.value.help


def test_a_torch_that_does_not_start_is_told_in_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "torch.py").write_text("raise ImportError('libcudart.so.99: cannot open shared object file')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(TorchFailed, match=r"libcudart\.so\.99"):
        measure_machine(tmp_path / "home", "cpu")


def test_more_memory_than_is_free_is_refused(home: Path, costs) -> None:
    free = free_memory_mb()
    assert free is not None
    assert free > 50
    costs(memory_mb=free * 4)
    planned = plan_run(home, "two-circles", {}, "cpu")
    assert "GB of memory, and only" in planned.refused
    assert "smaller settings" in planned.help


def test_a_gpu_with_too_little_memory_is_refused(home: Path, costs, monkeypatch: pytest.MonkeyPatch) -> None:
    small = calibrate.Machine("cuda", "cuda (a small card)", True, 9.0, 40.0)
    monkeypatch.setattr(plan, "measure_machine", lambda home, device: small)
    costs(memory_mb=50.0)
    planned = plan_run(home, "two-circles", {}, "cuda")
    assert "cuda (a small card) has 40 MB" in planned.refused
    costs(memory_mb=30.0, seconds=90.0)
    fitting = plan_run(home, "two-circles", {}, "cuda")
    assert fitting.refused == ""
    assert fitting.seconds == pytest.approx(14.0)  # 4 s to start, and 90 s at nine times the speed


def test_an_asset_that_is_not_here_yet_is_a_download(home: Path, costs) -> None:
    costs(assets=("digits", "encoder"))
    planned = plan_run(home, "two-circles", {}, "cpu")
    assert planned.assets == ("digits", "encoder")
    assert planned.missing == ("digits",)  # the encoder is carried in a dependency
    assert 1 < planned.download_mb < 2
    assert "after a download of 1.4 MB (digits)" in planned.sentence()


def test_an_archive_at_hand_is_no_download(
    home: Path, costs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs(assets=("digits",))
    monkeypatch.setenv("TUTOR_ASSETS", str(tmp_path))
    (tmp_path / ASSETS["digits"].archive).write_bytes(b"its hash is checked when it is taken")
    planned = plan_run(home, "two-circles", {}, "cpu")
    assert (planned.missing, planned.download_mb) == ((), 0)
    assert "download" not in planned.sentence()
    monkeypatch.setattr(plan, "free_disk_mb", lambda folder: 6.0)  # it is copied all the same
    assert "disk space" in plan_run(home, "two-circles", {}, "cpu").refused


def test_a_disk_without_room_for_the_download_is_refused(
    home: Path, costs, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs(assets=("small-lm",))
    monkeypatch.setattr(plan, "free_disk_mb", lambda folder: 100.0)
    planned = plan_run(home, "two-circles", {}, "cpu")
    assert "to download small-lm" in planned.refused
    assert "has 100 MB left" in planned.refused
    monkeypatch.setattr(plan, "free_disk_mb", lambda folder: 0.0)
    assert "has none left" in plan_run(home, "two-circles", {}, "cpu").refused


def test_the_disk_of_a_folder_that_is_not_there_yet_is_its_parents(tmp_path: Path) -> None:
    assert free_disk_mb(tmp_path / "a" / "b" / "c") == pytest.approx(free_disk_mb(tmp_path), rel=0.05)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"hidden": 0}, "from 1 to 64 (neurons)"),
        ({"hidden": "many"}, "a whole number"),
        ({"hiden": 4}, "Did you mean hidden?"),
        ({"activation": "elu"}, "one of relu, tanh, sigmoid"),
        ({"noise": float("nan")}, "from 0 to 0.5"),
        ({"seed": 2**31}, "from 0 to 2147483647"),
    ],
)
def test_a_bad_setting_is_named_with_what_it_may_be(home: Path, settings: dict, says: str) -> None:
    with pytest.raises(BadSettings) as caught:
        plan_run(home, "two-circles", settings, "cpu")
    assert next(iter(settings)) in str(caught.value)
    assert says in f"{caught.value} {caught.value.help}"
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "name", [pytest.param("a" * 300, id="too long"), "~nobody-is-called-so/x.csv", "x.csv/y", "x\0y"]
)
def test_a_path_that_can_be_no_file_is_told_as_bad_data(home: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "x.csv").write_text("a file")
    with pytest.raises(BadData):
        plan_run(home, "linear-classifier", {}, "cpu", name if name[0] == "~" else tmp_path / name)


def test_an_unknown_lab_and_missing_data_are_refused(home: Path) -> None:
    with pytest.raises(UnknownLab) as caught:
        plan_run(home, "two-circle", {}, "cpu")
    assert "two-circles" in caught.value.help
    with pytest.raises(BadData, match=r"no/such\.csv"):
        plan_run(home, "linear-classifier", {}, "cpu", data="no/such.csv")


@pytest.mark.parametrize("name", [name for name in LABS if name != "probe"])
def test_every_lab_can_be_planned_at_its_defaults(home: Path, name: str) -> None:
    planned = plan_run(home, name, {}, "cpu")
    assert planned.refused == "" or "are free" in planned.refused or "left" in planned.refused
    assert 1 <= planned.seconds < 3_600
    assert planned.memory_mb > 0
    assert planned.changed == ()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "about 1 s"),
        (8.4, "about 8 s"),
        (43, "about 45 s"),
        (170, "about 3 min"),
        (9_000, "about 2.5 h"),
    ],
)
def test_an_estimate_is_no_more_exact_than_it_can_be(seconds: float, words: str) -> None:
    assert plan.duration(seconds) == words
