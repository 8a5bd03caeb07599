"""What every loader of transformers' models shares: its silence, and its failures in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tools.errors import AssetUnavailable


@contextmanager
def quiet_transformers() -> Iterator[None]:
    """Keep transformers' progress bars and load reports off stderr; they tell a learner nothing."""
    from transformers.utils import logging as transformers_logging

    logging: Any = transformers_logging  # its functions carry no types
    before, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(before)
        if bars:
            logging.enable_progress_bar()


def unloadable(name: str, error: Exception) -> AssetUnavailable:
    """The failure to load a model, from whatever transformers raised."""
    reason = str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__
    return AssetUnavailable(
        f"The model {name!r} could not be loaded: {reason.rstrip('.')}.",
        help="Check its name on huggingface.co/models, or give the folder of a copy on this machine.",
        retryable=True,
    )
