"""What a loaded model is and where it came from, as a result must name it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A model under its own name.

    `source` says where its weights came from, `stand_in_for` the name that was asked for where
    that could not be had, `note` what a reader of figures must know, `parameters` how many weights.
    """

    name: str
    source: str
    stand_in_for: str = ""
    note: str = ""
    parameters: int = 0
