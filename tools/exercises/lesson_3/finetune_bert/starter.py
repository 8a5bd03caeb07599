"""Settings for the lab finetune-bert."""

from typing import Any


def settings() -> dict[str, Any]:
    """The lab's settings by name, such as {"train_size": 500, "epochs": 5}; else defaults hold."""
    raise NotImplementedError("write this")
