"""What a lab's settings and costs are made of; cheap to import, as the app reads settings before a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


def setting(default: Any, sentence: str, *, unit: str = "", **bounds: Any) -> Any:
    """One field of a `LabConfig`: its default, one sentence on what it does, its unit and its bounds.

    `bounds` are pydantic's own: ge, gt, le, lt for numbers, min_length, max_length and pattern for text.
    """
    return Field(default, description=sentence, json_schema_extra={"unit": unit}, **bounds)


class LabConfig(BaseModel):
    """The settings of one run: checked, unchangeable, and nothing that is not a setting."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, protected_namespaces=())

    seed: int = setting(0, "Where chance begins; the same seed gives the same run.", ge=0, le=2**31 - 1)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run will take on the reference machine: two idle laptop cores, no GPU.

    `seconds` of wall time, `memory_mb` at the peak (MiB), `assets` by name that it reads.
    """

    seconds: float
    memory_mb: float
    assets: tuple[str, ...] = ()
