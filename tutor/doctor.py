"""Looking at what works on this machine, what does not, and what to do about it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from tutor import database
from tutor.errors import TutorError
from tutor.material import library_of
from tutor.settings import Settings, find_home, load_settings
from tutor.usable_home import HOME_HELP, home_for_reading

State = Literal["ok", "note", "off", "failed"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: "failed" is needed and does not work, "note" works but is worth knowing."""

    name: str
    state: State
    detail: str
    help: str = ""


def examine(*, quick: bool = False) -> Iterator[Finding]:
    """Look at everything, one finding at a time; `quick` loads no model, imports little, asks no server."""
    yield _python()
    yield _platform()
    yield _terminal()
    try:
        home, _ = find_home()
    except TutorError as error:
        yield Finding("data folder", "failed", str(error), error.help)
        return
    yield _data_folder(home)
    try:
        settings = load_settings()
        yield _config(settings)
    except TutorError as error:
        yield Finding("settings", "failed", str(error), error.help)
        settings = Settings(home=home)
    yield _database(home / "tutor.db")
    yield from _guarded("index", lambda: _index(settings))
    yield from _guarded("embedding model", lambda: _encoder(settings, quick=quick))
    yield from _guarded("torch", lambda: _torch(quick=quick))
    yield from _guarded("labs", lambda: _labs(home, quick=quick))
    yield from _guarded("assets", lambda: _assets(home, quick=quick))
    yield from _guarded("runs", lambda: _runs(home))
    yield from _guarded("exercises", lambda: _exercises(home))
    yield from _guarded("sandbox", _sandbox)
    yield from _guarded("chat model", lambda: _chat_model(settings, quick=quick))
    yield _web_search(settings)
    yield from _guarded("keyring", _keyring)


def _guarded(name: str, look: Callable[[], Finding]) -> Iterator[Finding]:
    """One look whose failure is a finding: a doctor who falls over the illness is no use."""
    try:
        yield look()
    except Exception as error:
        help = getattr(error, "help", "") or "Run: tutor doctor --repair"
        yield Finding(name, "failed", str(error) or type(error).__name__, help)


def _python() -> Finding:
    return Finding("python", "ok", f"{platform.python_version()} ({sys.executable})")


def _platform() -> Finding:
    detail = f"{platform.system()} {platform.machine()}, {os.cpu_count() or 1} cores"
    if sys.platform == "win32":
        return Finding("platform", "failed", detail, "Run Tutor inside WSL.")
    return Finding("platform", "ok", detail)


def _terminal() -> Finding:
    if sys.stdout is None or not sys.stdout.isatty():
        return Finding("terminal", "note", "not a terminal here", "The app needs one; commands do not.")
    size = shutil.get_terminal_size()
    kind = os.environ.get("TERM", "")
    truecolour = os.environ.get("COLORTERM", "") in ("truecolor", "24bit")
    colours = "16 million colours" if truecolour else "256 colours" if "256" in kind else "few colours"
    where = ", in tmux" if os.environ.get("TMUX") else ""
    detail = f"{size.columns}x{size.lines}, {colours}, TERM={kind or 'unset'}{where}"
    if kind in ("", "dumb"):
        return Finding("terminal", "note", detail, "Set TERM (for example xterm-256color) to use the app.")
    if size.columns < 60 or size.lines < 20:
        return Finding("terminal", "note", detail, "Make it at least 60x20 for the app.")
    return Finding("terminal", "ok", detail)


def _data_folder(home: Path) -> Finding:
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=home, prefix=".doctor-") as file:
            file.write(b"x" * 4096)
            file.flush()
        free = shutil.disk_usage(home).free
    except OSError as error:
        return Finding(
            "data folder",
            "failed",
            f"{home} cannot be written: {error.strerror or error}",
            HOME_HELP,
        )
    detail = f"{home}, {free / 1e9:.1f} GB free"
    if free < _LITTLE_SPACE:
        return Finding("data folder", "note", detail, "Free some space; labs and models need room.")
    return Finding("data folder", "ok", detail)


def _config(settings: Settings) -> Finding:
    if settings.warnings:
        return Finding("settings", "note", " ".join(settings.warnings), "See: tutor config show")
    changed = [f"{name} from {origin}" for name, origin in settings.origins.items() if origin != "default"]
    return Finding("settings", "ok", ", ".join(changed) or "all at their defaults")


def _database(path: Path) -> Finding:
    problem, help = database.check(path)
    if problem:
        return Finding("database", "failed", problem, help)
    return Finding(
        "database", "ok", str(path) if path.exists() else "not there yet; the first question makes it"
    )


def _index(settings: Settings) -> Finding:
    with home_for_reading(settings.home) as (home, _), closing(library_of(settings, home)) as library:
        sources = library.sources()
    collections: dict[str, int] = {}
    for source in sources:
        collections[source.collection] = collections.get(source.collection, 0) + source.passages
    if not collections:
        return Finding("index", "note", "empty", "Run: tutor doctor --repair (it puts the course in).")
    counts = ", ".join(f"{name} {count}" for name, count in sorted(collections.items()))
    return Finding("index", "ok", f"{len(sources)} documents; passages: {counts}")


def _encoder(settings: Settings, *, quick: bool) -> Finding:
    encoder = library_of(settings).encoder
    if quick:
        return Finding("embedding model", "ok", f"{encoder.name} (not loaded: --quick)")
    began = time.perf_counter()
    vectors = encoder.encode([_SAMPLE], query=True)
    loaded = time.perf_counter()
    encoder.encode([_SAMPLE + "?"], query=True)
    again = time.perf_counter()
    return Finding(
        "embedding model",
        "ok",
        f"{encoder.name}, {vectors.shape[1]} dimensions, loads in {loaded - began:.1f} s, "
        f"a query takes {(again - loaded) * 1000:.0f} ms",
    )


def _torch(*, quick: bool) -> Finding:
    if find_spec("torch") is None:
        return Finding("torch", "off", "not installed", "Only other embedding models and labs need it.")
    if quick:
        return Finding("torch", "ok", "installed (not loaded: --quick)")
    import torch

    if torch.cuda.is_available():
        device = f"CUDA, {torch.cuda.get_device_name(0)}"
    elif torch.backends.mps.is_available():
        device = "MPS (Apple)"
    else:
        device = f"CPU, {torch.get_num_threads()} threads"
    return Finding("torch", "ok", f"{torch.__version__} on {device}")


def _labs(home: Path, *, quick: bool) -> Finding:
    """What labs would run on: the device as a process of their own sees it, its speed, the memory left."""
    if find_spec("torch") is None:
        return Finding("labs", "off", "torch is not installed", "Install it to run labs: pip install torch")
    from tools.engine.resources import free_memory_mb
    from tools.labs import LABS

    memory = free_memory_mb()
    left = "" if memory is None else f", {memory / 1024:.1f} GB of memory free"
    if quick:
        return Finding("labs", "ok", f"{len(LABS)} labs{left} (device not measured: --quick)")
    from tools.engine.calibrate import measure_machine

    machine = measure_machine(home)
    bf16 = ", bf16" if machine.bf16 else ""
    detail = f"{len(LABS)} labs on {machine.name}{bf16}, {machine.speed:.2g} times the reference speed{left}"
    if memory is not None and memory < _LITTLE_MEMORY_MB:
        return Finding("labs", "note", detail, "Close other programs before running a lab.")
    return Finding("labs", "ok", detail)


def _assets(home: Path, *, quick: bool) -> Finding:
    """The data sets and weights that are here, checked by their sizes, and by their hashes unless `quick`."""
    from tools.assets import listing, verify

    found = listing(home)
    here = [each for each in found if each.state == "here"]
    detail = f"{len(here)} of {len(found)} here, {sum(each.size for each in here) / 1e6:.0f} MB"
    problems = {
        each.asset.name: "its files are not whole."
        for each in found
        if each.state != "here" and (home / "assets" / each.asset.name).is_dir()
    }
    if not quick:
        problems |= {each.name: each.problem for each in verify(home) if each.problem}
    for name, problem in problems.items():
        help = f"Fetch it anew: tutor assets clean {name}, then tutor assets get {name}"
        return Finding("assets", "failed", f"{detail}; {name}: {problem}", help)
    return Finding("assets", "ok", f"{detail}; the others are fetched when a lab needs them")


def _runs(home: Path) -> Finding:
    from tools.engine.cleaning import DAMAGED, removable
    from tools.engine.runs import all_runs

    every, rest = all_runs(home), removable(home)
    damaged = sum(each.state == DAMAGED for each in rest)
    running = len(every) - (len(rest) - damaged)
    size = sum(each.size for each in rest)
    detail = f"{len(every)} runs, {running} running; {size / 1e6:.0f} MB"
    if damaged:
        return Finding(
            "runs", "note", f"{detail}; {damaged} damaged", "Remove them: tutor runs clean --failed"
        )
    if size > _MANY_BYTES:
        return Finding("runs", "note", detail, "Remove old ones: tutor runs clean --older-than DAYS")
    return Finding("runs", "ok", detail)


def _exercises(home: Path) -> Finding:
    """How many there are, and whether the learner's files can be written where they belong."""
    from tools.exercises.catalog import exercises
    from tutor.exercises import files

    folder, count = home / files.FOLDER, len(exercises())
    files.look_at_folder(folder)
    if not folder.is_dir():
        return Finding("exercises", "ok", f"{count} exercises; none started in {folder} yet")
    if not os.access(folder, os.W_OK | os.X_OK):
        return Finding("exercises", "failed", f"{folder} may not be written to", "Check its permissions.")
    mine = sum(each.is_file() for each in folder.glob("*.py"))
    return Finding("exercises", "ok", f"{count} exercises; {mine} of your files in {folder}")


def _sandbox() -> Finding:
    """What keeps the code of a learner in, layer by layer."""
    from tools.sandbox import isolation

    layers = isolation()
    held = ", ".join(each.name for each in layers if each.in_force) or "nothing"
    missing = [f"{each.name} ({each.detail.rstrip('.')})" for each in layers if not each.in_force]
    if not missing:
        return Finding("sandbox", "ok", f"checked code is held in by {held}")
    help = f"Not in force here: {'; '.join(missing)}. Do not check code of strangers."
    return Finding("sandbox", "note", f"checked code is held in by {held}", help)


def _chat_model(settings: Settings, *, quick: bool) -> Finding:
    if settings.model == "guide":
        return Finding("chat model", "ok", "guide (quotes the course; no LLM, no key, no network)")
    from tutor.keys import key_and_origin

    key, origin = key_and_origin()
    address = settings.base_url or "https://api.openai.com/v1"
    detail = f"{settings.model} at {address}, key: {origin}"
    if find_spec("langchain_openai") is None:
        return Finding("chat model", "failed", detail, "Install langchain-openai.")
    if key is None and not settings.base_url:
        return Finding("chat model", "failed", detail, "Set OPENAI_API_KEY, or run: tutor config set-key")
    if quick:
        return Finding("chat model", "ok", f"{detail} (not asked: --quick)")
    from tutor.model_server import look

    problem = look(address, key, settings.model.partition(":")[2])
    if problem:
        return Finding("chat model", "failed", f"{detail}: {problem}", "Until then the Guide answers.")
    return Finding("chat model", "ok", f"{detail}, reachable")


def _web_search(settings: Settings) -> Finding:
    if not settings.web_search:
        return Finding("web search", "off", "off; no question leaves this machine for it")
    if find_spec("ddgs") is None:
        return Finding(
            "web search", "failed", "on, but ddgs is not installed", "Install it: pip install ddgs"
        )
    return Finding("web search", "ok", "on (questions may be sent to a search engine)")


def _keyring() -> Finding:
    if find_spec("keyring") is None:
        return Finding("keyring", "off", "not installed", "Keys come from the environment only.")
    import keyring

    backend = keyring.get_keyring()
    if backend.priority <= 0:
        return Finding("keyring", "off", "none on this machine", "Keys come from the environment only.")
    return Finding("keyring", "ok", str(backend.name))


_LITTLE_SPACE = 500_000_000
_LITTLE_MEMORY_MB = 1_500
_MANY_BYTES = 5_000_000_000
_SAMPLE = "How does a linear classifier learn its weights"
