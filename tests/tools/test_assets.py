"""Fetching, checking and removing assets, over a package index on this machine."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from package_index import PackageIndex, wheel_of

from tools.assets import ASSETS, clean, find, find_asset, listing, source_of, verify
from tools.assets.catalogue import Asset, Member
from tools.errors import AssetUnavailable, DiskFull

PAYLOAD = random.Random(0).randbytes(1_500_000)
FILENAME, ARCHIVE = wheel_of("tinypack", "1.0", {"tinypack/data.bin": PAYLOAD, "tinypack/code.py": b"1/0"})


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


TINY = Asset(
    "tiny",
    "a tiny data set",
    "tinypack",
    "1.0",
    FILENAME,
    len(ARCHIVE),
    sha(ARCHIVE),
    (Member("tinypack/data.bin", len(PAYLOAD), sha(PAYLOAD)),),
    "MIT",
)


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[PackageIndex]:
    """An index that has the tiny asset, and a pip that knows no other one."""
    monkeypatch.setitem(ASSETS, "tiny", TINY)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "TUTOR_ASSETS"):
        monkeypatch.delenv(name, raising=False)
    with PackageIndex("tinypack", FILENAME, ARCHIVE) as server:
        monkeypatch.setenv("PIP_INDEX_URL", server.url)
        yield server


@pytest.fixture
def stick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of the person's own that has the tiny asset's archive, and no index to ask."""
    monkeypatch.setitem(ASSETS, "tiny", TINY)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    folder = tmp_path / "stick"
    folder.mkdir()
    (folder / FILENAME).write_bytes(ARCHIVE)
    monkeypatch.setenv("TUTOR_ASSETS", str(folder))
    return folder


def state_of(home: Path, name: str = "tiny") -> str:
    return next(each.state for each in listing(home) if each.asset.name == name)


def test_the_wanted_file_comes_with_progress_and_a_second_call_asks_nobody(
    index: PackageIndex, tmp_path: Path
) -> None:
    seen: list[tuple[int, int]] = []
    folder = find("tiny", tmp_path, lambda done, total: seen.append((done, total)))
    assert (folder / "data.bin").read_bytes() == PAYLOAD
    assert sorted(each.name for each in folder.iterdir()) == [
        "data.bin",
        "manifest.json",
    ]  # code.py stays out
    assert seen[0] == (0, len(ARCHIVE))
    assert seen[-1] == (len(ARCHIVE), len(ARCHIVE))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert find("tiny", tmp_path) == folder
    assert len(index.ranges) == 1
    assert source_of("tiny", tmp_path) == "tinypack 1.0 (package index)"


def test_a_download_that_breaks_off_goes_on_where_it_ended(index: PackageIndex, tmp_path: Path) -> None:
    index.cut_after = 600_000
    folder = find("tiny", tmp_path)
    assert (folder / "data.bin").read_bytes() == PAYLOAD
    assert index.ranges == ["bytes=0-", "bytes=600000-"]


def test_stopping_keeps_what_came_and_the_next_call_goes_on(index: PackageIndex, tmp_path: Path) -> None:
    class Stop(BaseException):
        pass

    def stop_in_the_middle(done: int, total: int) -> None:
        if done > 300_000:
            raise Stop

    with pytest.raises(Stop):
        find("tiny", tmp_path, stop_in_the_middle)
    assert state_of(tmp_path) == "partial"
    find("tiny", tmp_path)
    assert int(index.ranges[1].removeprefix("bytes=").rstrip("-")) > 300_000
    assert state_of(tmp_path) == "here"


def test_a_server_that_ignores_ranges_is_read_from_the_beginning(index: PackageIndex, tmp_path: Path) -> None:
    index.cut_after = 600_000
    index.whole_only = True
    assert (find("tiny", tmp_path) / "data.bin").read_bytes() == PAYLOAD


def test_half_a_file_of_something_else_is_thrown_away_and_said(index: PackageIndex, tmp_path: Path) -> None:
    part = tmp_path / "assets" / "parts" / f"{FILENAME}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"\0" * 1000)  # of the right length or not: only the hash can tell
    with pytest.raises(AssetUnavailable, match="thrown away") as caught:
        find("tiny", tmp_path)
    assert caught.value.retryable
    assert state_of(tmp_path) == "absent"
    find("tiny", tmp_path)
    assert not verify(tmp_path, ["tiny"])[0].problem


def test_an_archive_of_another_hash_is_thrown_away(
    index: PackageIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ASSETS, "tiny", replace(TINY, sha256="0" * 64))
    with pytest.raises(AssetUnavailable, match="SHA-256 differs"):
        find("tiny", tmp_path)
    assert state_of(tmp_path) == "absent"
    assert not (tmp_path / "assets" / "tiny").exists()


def test_a_file_of_another_hash_inside_the_archive_is_not_taken(
    stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        ASSETS, "tiny", replace(TINY, members=(Member("tinypack/data.bin", len(PAYLOAD), "0" * 64),))
    )
    with pytest.raises(AssetUnavailable, match=r"data\.bin is not the file"):
        find("tiny", tmp_path)
    assert not (tmp_path / "assets" / "tiny").exists()


def test_an_archive_without_the_file_is_named(
    stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ASSETS, "tiny", replace(TINY, members=(Member("tinypack/gone.bin", 3, sha(b"abc")),)))
    with pytest.raises(AssetUnavailable, match=r"does not hold tinypack/gone\.bin"):
        find("tiny", tmp_path)


def test_a_mirror_that_only_pip_may_read_is_left_to_pip(index: PackageIndex, tmp_path: Path) -> None:
    index.private = True
    assert (find("tiny", tmp_path) / "data.bin").read_bytes() == PAYLOAD


def test_without_a_network_it_says_what_is_needed_and_how_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ASSETS, "tiny", TINY)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    with pytest.raises(
        AssetUnavailable, match=r"tiny \(tinypack 1\.0, 1\.5 MB\).*cannot be reached"
    ) as caught:
        find("tiny", tmp_path)
    assert caught.value.retryable
    assert caught.value.exit_code == 3
    assert FILENAME in caught.value.help


def test_an_index_without_the_package_is_told_from_no_index(
    index: PackageIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ASSETS, "tiny", replace(TINY, version="9.9", archive="tinypack-9.9.whl"))
    with pytest.raises(AssetUnavailable, match="does not have tiny") as caught:
        find("tiny", tmp_path)
    assert not caught.value.retryable


@pytest.mark.parametrize("given", ["archive", "file", "folder of its own"])
def test_what_the_person_has_already_is_taken_from_their_folder(
    given: str, stick: Path, tmp_path: Path
) -> None:
    (stick / FILENAME).unlink()
    place = {"archive": stick / FILENAME, "file": stick / "data.bin"}.get(given, stick / "tiny" / "data.bin")
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(ARCHIVE if given == "archive" else PAYLOAD)
    assert (find("tiny", tmp_path / "home") / "data.bin").read_bytes() == PAYLOAD
    assert str(stick) in source_of("tiny", tmp_path / "home")


def test_a_damaged_file_in_the_persons_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ASSETS, "tiny", TINY)
    monkeypatch.setenv("TUTOR_ASSETS", str(tmp_path))
    (tmp_path / "data.bin").write_bytes(PAYLOAD[:-1] + b"?")
    with pytest.raises(AssetUnavailable, match="SHA-256 differs"):
        find("tiny", tmp_path / "home")


def test_verify_finds_a_flipped_byte_and_a_missing_file(stick: Path, tmp_path: Path) -> None:
    file = find("tiny", tmp_path) / "data.bin"
    assert [each.problem for each in verify(tmp_path)] == [""]
    file.write_bytes(PAYLOAD[:-1] + bytes([PAYLOAD[-1] ^ 1]))
    assert "damaged" in verify(tmp_path)[0].problem
    file.unlink()
    assert "missing" in verify(tmp_path)[0].problem
    find("tiny", tmp_path)  # not whole, so it is fetched again
    assert verify(tmp_path)[0].problem == ""


def test_clean_gives_the_space_back_with_what_was_made_of_the_files(stick: Path, tmp_path: Path) -> None:
    find("tiny", tmp_path)
    made = tmp_path / "assets" / "tiny.unpacked"
    made.mkdir()
    (made / "model").write_bytes(b"12345")
    [(name, freed)] = clean(tmp_path, ["tiny"])
    assert name == "tiny"
    assert freed > len(PAYLOAD)
    assert state_of(tmp_path) == "absent"
    assert not made.exists()
    assert clean(tmp_path) == []


def test_two_processes_at_once_download_once(index: PackageIndex, tmp_path: Path) -> None:
    index.pause = 0.01
    first, second = (start_finding(tmp_path) for _ in range(2))
    for process in (first, second):
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert out.strip() == sha(PAYLOAD)
    assert len(index.ranges) == 1


def test_a_killed_process_loses_nothing_and_shows_nothing_half(index: PackageIndex, tmp_path: Path) -> None:
    index.pause = 0.02
    process = start_finding(tmp_path)
    part = tmp_path / "assets" / "parts" / f"{FILENAME}.part"
    deadline = time.monotonic() + 30
    while not (part.exists() and part.stat().st_size > 300_000):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "assets" / "tiny").exists()
    index.pause = 0
    assert (find("tiny", tmp_path) / "data.bin").read_bytes() == PAYLOAD
    assert int(index.ranges[-1].removeprefix("bytes=").rstrip("-")) > 0


def test_what_a_killed_extraction_left_is_no_hindrance(stick: Path, tmp_path: Path) -> None:
    home = tmp_path / "other"
    for name in ("tiny", ".tiny.new", ".tiny.old"):  # folders without a manifest, as a kill leaves them
        (home / "assets" / name).mkdir(parents=True)
        (home / "assets" / name / "data.bin").write_bytes(b"half")
    assert state_of(home) == "absent"
    assert (find("tiny", home) / "data.bin").read_bytes() == PAYLOAD
    assert [each.name for each in (home / "assets").glob(".tiny.*")] == [".tiny.lock"]


def test_a_full_disk_is_said_before_anything_is_downloaded(
    index: PackageIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1_000_000))
    with pytest.raises(DiskFull, match=r"needs 3\.0 MB"):
        find("tiny", tmp_path)
    assert index.ranges == []


def test_a_disk_that_fills_up_on_the_way_is_one_sentence_and_loses_nothing(
    index: PackageIndex, tmp_path: Path
) -> None:
    def full(done: int, total: int) -> None:
        if done > 500_000:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DiskFull, match="the disk is full"):
        find("tiny", tmp_path, full)
    assert state_of(tmp_path) == "partial"


def test_a_disk_that_fills_up_while_unpacking_gets_its_space_back(
    stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull, match="the disk is full"):
        find("tiny", tmp_path / "home")
    assert [each.name for each in (tmp_path / "home" / "assets").iterdir()] == [".tiny.lock"]


def test_a_home_that_cannot_be_written_is_named(index: PackageIndex, tmp_path: Path) -> None:
    (tmp_path / "assets").write_text("a file where the folder should be")
    with pytest.raises(DiskFull, match="may not be written"):
        find("tiny", tmp_path)


def test_an_unknown_name_gets_the_close_ones(tmp_path: Path) -> None:
    with pytest.raises(AssetUnavailable, match="no asset called 'movie-review'") as caught:
        find("movie-review", tmp_path)
    assert "movie-reviews" in caught.value.help
    assert caught.value.exit_code == 2


def test_every_asset_of_the_catalogue_can_be_listed_with_its_terms(tmp_path: Path) -> None:
    found = listing(tmp_path)
    assert [each.asset.name for each in found] == list(ASSETS)
    for each in found:
        assert each.state == "absent"
        assert each.download == each.asset.size > 0
        assert each.asset.licence
        assert len(each.asset.sha256) == 64
        assert find_asset(each.asset.name).members


def start_finding(home: Path) -> subprocess.Popen[str]:
    """A process of its own that fetches the tiny asset and prints its hash."""
    program = (
        "import sys; from pathlib import Path; import hashlib\n"
        "from test_assets import TINY; from tools.assets import ASSETS, find\n"
        "ASSETS['tiny'] = TINY\n"
        "file = find('tiny', Path(sys.argv[1])) / 'data.bin'\n"
        "print(hashlib.sha256(file.read_bytes()).hexdigest())"
    )
    root = Path(__file__).parents[2]
    path = os.pathsep.join(map(str, (root, root / "tests", Path(__file__).parent)))
    return subprocess.Popen(
        [sys.executable, "-c", program, str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )
