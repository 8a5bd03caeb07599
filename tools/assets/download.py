"""Downloading an asset's archive: resumable, checked against its hash, with progress."""

from __future__ import annotations

import hashlib
import re
import shutil
import ssl
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from tools.assets.catalogue import Asset
from tools.assets.package_index import NO_NETWORK, PipFailed, download_by_pip, locate, pip_options
from tools.errors import AssetUnavailable

if TYPE_CHECKING:
    import httpx

OnProgress = Callable[[int, int], None]  # bytes done, bytes in all

_TRIES = 4


class CutOff(Exception):
    """The connection ended before the file did; what came is kept."""


class Refused(Exception):
    """The address did not give the file to a plain client."""


def download(asset: Asset, parts: Path, on_progress: OnProgress) -> Path:
    """Fetch an asset's archive into the folder `parts` and return its path, its hash checked.

    What an earlier, interrupted download left there is continued. `on_progress` may raise to stop;
    the next call continues. Raises AssetUnavailable (retryable where trying again may help).
    """
    parts.mkdir(parents=True, exist_ok=True)
    part = parts / f"{asset.archive}.part"
    on_progress(_size(part), asset.size)

    def beat() -> None:
        on_progress(_size(part), asset.size)

    try:
        if _size(part) < asset.size:
            address = locate(asset, beat)
            if not address or not _fetched(asset, address, part, on_progress):
                shutil.move(_by_pip(asset, parts, beat), part)
    except PipFailed as error:
        raise _unreachable(asset, str(error)) from error
    _check(asset, part)
    return part


def sha256_of(path: Path) -> str:
    """A file's SHA-256, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def megabytes(count: int) -> str:
    """Bytes in words, such as `9.4 MB` (10^6 bytes)."""
    return f"{count / 1e6:.0f} MB" if count >= 9_950_000 else f"{count / 1e6:.1f} MB"


def _fetched(asset: Asset, url: str, part: Path, on_progress: OnProgress) -> bool:
    """Whether the address gave the whole file, over several connections where need be."""
    if url.startswith("file:"):
        shutil.copyfile(url2pathname(unquote(urlsplit(url).path)), part)
        return True
    try:
        _persist(asset, url, part, on_progress, {})
    except Refused:
        options = pip_options()
        if not options:
            return False  # a private mirror, a certificate only pip knows: pip can
        try:
            _persist(asset, url, part, on_progress, options)
        except Refused:
            return False
    return True


def _persist(asset: Asset, url: str, part: Path, on_progress: OnProgress, options: Mapping[str, str]) -> None:
    """Connect again and again until the file is whole; raises Refused, or AssetUnavailable in the end."""
    for attempt in range(_TRIES):
        before = _size(part)
        try:
            return _stream(asset, url, part, on_progress, options)
        except CutOff as error:
            if attempt + 1 == _TRIES:
                raise _interrupted(asset, part, str(error)) from error
            if _size(part) == before:  # one that brought something is worth another at once
                _pause(0.5 * 2**attempt, part, asset, on_progress)


def _stream(asset: Asset, url: str, part: Path, on_progress: OnProgress, options: Mapping[str, str]) -> None:
    """Append what is missing to the part file; raises CutOff or Refused."""
    import httpx

    have = _size(part)
    # Compressed on the way, a range would count other bytes than the file's.
    headers = {"Range": f"bytes={have}-", "Accept-Encoding": "identity"}
    try:
        with _client(options) as client, client.stream("GET", url, headers=headers) as response:
            if response.status_code == 416:  # the server's file ends before ours
                part.unlink(missing_ok=True)
                raise CutOff("the server has another file than before")
            if response.status_code not in (200, 206):
                raise Refused(f"status {response.status_code}")
            start = re.match(r"bytes (\d+)-", response.headers.get("content-range", ""))
            goes_on = response.status_code == 206 and start is not None and int(start[1]) == have
            with part.open("ab" if goes_on else "wb") as file:
                _write(asset, response, file, on_progress)
    except httpx.ConnectError as error:
        raise (Refused if have == 0 else CutOff)(str(error)) from error
    except httpx.HTTPError as error:
        raise CutOff(str(error) or type(error).__name__) from error
    if _size(part) < asset.size:
        raise CutOff("the connection closed early")


def _write(asset: Asset, response: httpx.Response, file: BinaryIO, on_progress: OnProgress) -> None:
    done = file.tell()
    for chunk in response.iter_raw():
        file.write(chunk)
        done += len(chunk)
        on_progress(min(done, asset.size), asset.size)
        if done > asset.size:
            return  # another file: its hash will say so, without filling the disk


def _client(options: Mapping[str, str]) -> httpx.Client:
    """A client with pip's `cert` and `proxy`; else the environment's, as httpx reads them."""
    import httpx

    verify: ssl.SSLContext | bool = True
    if cert := options.get("cert"):
        folder = Path(cert).is_dir()
        verify = ssl.create_default_context(cafile=None if folder else cert, capath=cert if folder else None)
    timeout = httpx.Timeout(30.0, connect=10.0)
    return httpx.Client(verify=verify, proxy=options.get("proxy"), timeout=timeout, follow_redirects=True)


def _by_pip(asset: Asset, parts: Path, beat: Callable[[], None]) -> Path:
    folder = parts / f"{asset.name}.pip"
    shutil.rmtree(folder, ignore_errors=True)  # of a process that was killed
    try:
        return download_by_pip(asset, folder, beat).replace(parts / f"{asset.archive}.whole")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check(asset: Asset, part: Path) -> None:
    if _size(part) == asset.size and sha256_of(part) == asset.sha256:
        return
    part.unlink(missing_ok=True)
    raise _wrong_hash(asset)


def _pause(seconds: float, part: Path, asset: Asset, on_progress: OnProgress) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        on_progress(_size(part), asset.size)
        time.sleep(0.05)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _interrupted(asset: Asset, part: Path, reason: str) -> AssetUnavailable:
    return AssetUnavailable(
        f"The download of {asset.name} broke off at {megabytes(_size(part))} of {megabytes(asset.size)}"
        f" ({reason}).",
        help="Try again: it goes on from there.",
        retryable=True,
    )


def _wrong_hash(asset: Asset) -> AssetUnavailable:
    return AssetUnavailable(
        f"What came as {asset.archive} is not the file it should be (its SHA-256 differs), so it was "
        f"thrown away.",
        help="Try again; if it stays so, your package index or proxy changes files.",
        retryable=True,
    )


def _unreachable(asset: Asset, said: str) -> AssetUnavailable:
    if "DO NOT MATCH THE HASHES" in said:
        return _wrong_hash(asset)
    need = f"{asset.name} ({asset.package} {asset.version}, {megabytes(asset.size)})"
    yourself = f"put {asset.archive} into a folder and set TUTOR_ASSETS to it"
    if any(sign in said for sign in NO_NETWORK):
        return AssetUnavailable(
            f"{need} has to be fetched once, and the package index cannot be reached.",
            help=f"Connect and try again. Without a network: {yourself}.",
            retryable=True,
        )
    if "No matching distribution" in said:
        return AssetUnavailable(
            f"The package index that pip uses here does not have {need}.",
            help=f"Check: pip config list. Or {yourself}.",
        )
    last = said.splitlines()[-1] if said else "no reason given"
    return AssetUnavailable(
        f"pip could not fetch {need}: {last[:300]}", help=f"Try again, or {yourself}.", retryable=True
    )
