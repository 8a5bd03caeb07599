"""A run's checkpoint: the lab's own state and the random generators', replaced in one step."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any


def save_checkpoint(folder: Path, step: int, state: dict[str, Any]) -> None:
    """Write `folder`/checkpoint.pt; the earlier one stays until this one is whole. Raises OSError.

    Not waited for until it is on the disk itself: that is needed only against a loss of power, and
    would stop the training for seconds.
    """
    import torch

    path = folder / CHECKPOINT
    spare = path.with_suffix(".tmp")
    try:
        with spare.open("wb") as file:
            try:
                torch.save({"step": step, "state": state, "chance": _chance()}, file)
            except RuntimeError as error:  # how PyTorch's zip writer says that a write failed
                file.flush()
                raise OSError(28, "the checkpoint could not be written") from error
        os.replace(spare, path)
    finally:
        with contextlib.suppress(OSError):
            spare.unlink(missing_ok=True)


def load_checkpoint(folder: Path) -> dict[str, Any] | None:
    """What `save_checkpoint` wrote, on the CPU; None where there is nothing, or nothing that can be read."""
    path = folder / CHECKPOINT
    if not path.is_file():
        return None
    import torch

    try:
        # Our own file, next to the run's: the state may hold plain Python objects.
        found = torch.load(path, map_location="cpu", weights_only=False)
    except Exception:  # a damaged file: whatever unpickling stumbles over
        return None
    return found if isinstance(found, dict) and {"step", "state", "chance"} <= found.keys() else None


def restore_chance(chance: dict[str, Any]) -> None:
    """Set Python's, NumPy's and PyTorch's generators to where they were."""
    import random

    import numpy as np
    import torch

    random.setstate(chance["python"])
    np.random.set_state(chance["numpy"])
    torch.set_rng_state(chance["torch"])
    if chance.get("cuda") and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(chance["cuda"])


def _chance() -> dict[str, Any]:
    import random

    import numpy as np
    import torch

    return {
        "python": random.getstate(),
        "numpy": np.random.get_state(),
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


CHECKPOINT = "checkpoint.pt"
