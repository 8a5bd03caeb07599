"""A small language model with its tokenizer: the carried SmolLM2, one of the hub, or one in a folder."""

from __future__ import annotations

import errno
import io
import shutil
from collections.abc import Callable
from contextlib import redirect_stderr
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.assets.catalogue import find_asset
from tools.assets.hub import local_copy, reachable
from tools.assets.loading import quiet_transformers, unloadable
from tools.assets.model_source import ModelSource
from tools.assets.store import find, refused_by_disk, source_of
from tools.errors import AssetUnavailable

if TYPE_CHECKING:
    import torch

CARRIED = "smollm2"
NAME = "SmolLM2-135M-Instruct"

_UNPACKED_BYTES = 280_000_000  # 135 M weights of two bytes, and the tokenizer


def load_small_lm(
    model: str,
    home: Path,
    device: torch.device,
    *,
    dtype: torch.dtype | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> tuple[Any, Any, ModelSource]:
    """A causal language model on `device` in eval mode, its tokenizer, and where both came from.

    `model` is "smollm2" (SmolLM2-135M-Instruct, Allal et al. 2025, https://arxiv.org/abs/2502.02737;
    135 M weights, its 4-bit file unpacked), a folder, the name of one in HOME/models, or a name on
    the Hugging Face hub; a hub name that cannot be had gets SmolLM2, and the source says in place of
    what. `dtype` is float32 unless given. Raises AssetUnavailable and DiskFull.
    """
    folder = None if model == CARRIED else local_copy(model) or local_copy(str(home / "models" / model))
    if folder is not None:
        place, source = str(folder), ModelSource(model, f"folder {folder}")
    elif model != CARRIED and reachable():
        place, source = model, ModelSource(model, "Hugging Face hub")
    else:
        place, source = str(_unpacked(home, on_progress)), _carried_source(model, home)
    loaded, tokenizer = _load(place, model, device, dtype)
    return loaded, tokenizer, replace(source, parameters=loaded.num_parameters())


def _carried_source(model: str, home: Path) -> ModelSource:
    stand_in_for = "" if model == CARRIED else model
    note = "Its 4-bit weights (Q4_1), unpacked: a little worse than the original."
    if stand_in_for:
        note += " The Hugging Face hub cannot be reached."
    return ModelSource(NAME, source_of("small-lm", home), stand_in_for, note)


def _load(place: str, name: str, device: torch.device, dtype: torch.dtype | None) -> tuple[Any, Any]:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    with quiet_transformers():
        try:
            tokenizer = AutoTokenizer.from_pretrained(place)
            loaded: Any = AutoModelForCausalLM.from_pretrained(place, dtype=dtype or torch.float32)
        except (OSError, ValueError, KeyError) as error:
            raise unloadable(name, error) from error
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return loaded.to(device).eval(), tokenizer


def _unpacked(home: Path, on_progress: Callable[[int, int], None] | None) -> Path:
    """The carried model in transformers' own format, made once: reading GGUF takes 15 s each time."""
    from filelock import FileLock

    packed = find("small-lm", home, on_progress)
    folder = packed.with_name("small-lm.unpacked")
    if (folder / "config.json").is_file():
        return folder
    lock = FileLock(packed.with_name(".small-lm.unpacked.lock"))
    with refused_by_disk(find_asset("small-lm"), home), lock:
        if not (folder / "config.json").is_file():
            if shutil.disk_usage(packed).free < _UNPACKED_BYTES:  # safetensors has an error of its own for it
                raise OSError(errno.ENOSPC, "No space left on device")
            _unpack(packed, folder)
    return folder


def _unpack(packed: Path, folder: Path) -> None:
    import torch

    for needed in ("gguf", "accelerate"):
        _require(needed)
    from transformers import AutoModelForCausalLM, AutoTokenizer

    file = find_asset("small-lm").members[0].name
    fresh = folder.with_name(".small-lm.unpacked.new")
    shutil.rmtree(fresh, ignore_errors=True)
    with quiet_transformers(), redirect_stderr(io.StringIO()):  # a bar that no setting turns off
        tokenizer = AutoTokenizer.from_pretrained(packed, gguf_file=file)
        read: Any = AutoModelForCausalLM.from_pretrained(packed, gguf_file=file)
        # What was read from GGUF refuses to be saved, so its weights move to a plain model.
        del read.config.quantization_config
        plain: Any = type(read)(read.config)
        plain.load_state_dict(read.state_dict())
        # Half precision rounds 2000 times finer than four bits did, in half the disk space of single.
        plain.to(torch.float16).save_pretrained(fresh)
        tokenizer.save_pretrained(fresh)
    fresh.replace(folder)


def _require(package: str) -> None:
    from importlib.util import find_spec

    if find_spec(package) is None:
        raise AssetUnavailable(
            f"Reading {NAME} from its GGUF file needs the package {package}, which is not installed.",
            help=f"Run: pip install {package}",
        )
