"""The Hugging Face hub: whether it can be reached, and what of it already lies on this machine."""

from __future__ import annotations

import os
import threading
from functools import cache
from pathlib import Path
from typing import Literal

_PATIENCE = 1.5  # seconds; a lab's start waits for this


@cache
def reachable() -> bool:
    """Whether the hub answers within 1.5 seconds; asked once a process, never under HF_HUB_OFFLINE."""
    if _offline():
        return False
    answers: list[bool] = []
    # In a thread of its own, as no timeout of a client covers the look-up of the name.
    asking = threading.Thread(target=lambda: answers.append(_answers()), daemon=True)
    asking.start()
    asking.join(_PATIENCE)
    return answers == [True]


def local_copy(name: str, kind: Literal["model", "dataset"] = "model") -> Path | None:
    """The folder of a model or data set on this machine: `name` as a path, or what the hub's cache has.

    None where there is none. A model's folder holds config.json.
    """
    own = Path(name).expanduser()
    if own.is_dir() and (kind == "dataset" or (own / "config.json").is_file()):
        return own
    if kind == "dataset":
        return _cached_dataset(name)
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        found = try_to_load_from_cache(name, "config.json")
    except HFValidationError:  # not a name the hub could have
        return None
    return Path(found).parent if isinstance(found, str) and _has_weights(Path(found).parent) else None


def _cached_dataset(name: str) -> Path | None:
    cache_home = Path(os.environ.get("HF_HOME", "~/.cache/huggingface")).expanduser()
    folder = Path(os.environ.get("HF_DATASETS_CACHE", cache_home / "datasets")).expanduser()
    found = folder / name.replace("/", "___").lower()
    return found if found.is_dir() else None


def _has_weights(folder: Path) -> bool:
    return any(next(folder.glob(pattern), None) for pattern in ("*.safetensors", "*.bin", "*.gguf"))


def _offline() -> bool:
    return any(
        os.environ.get(name, "").strip().upper() in ("1", "ON", "YES", "TRUE")
        for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE")
    )


def _answers() -> bool:
    import httpx

    endpoint = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
    try:
        return httpx.head(endpoint, timeout=_PATIENCE, follow_redirects=True).status_code < 400
    except (httpx.HTTPError, httpx.InvalidURL, OSError):
        return False
