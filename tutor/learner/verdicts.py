"""A check's verdict as JSON of bounded size: a learner's code may print and raise as much as it likes."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any


def as_json(verdict: Mapping[str, Any]) -> str:
    """The verdict as ASCII JSON of at most LONGEST characters; texts and lists in it are cut to fit."""
    for characters, entries in _STEPS:
        text = json.dumps(_cut(verdict, characters, entries, _DEPTH))
        if len(text) <= LONGEST:
            return text
    kept = {name: verdict[name] for name in ("exercise", "passed", "seconds") if name in verdict}
    return json.dumps(_cut({**kept, "checks": []}, 100, 10, _DEPTH))


def _cut(value: Any, characters: int, entries: int, depth: int) -> Any:
    if isinstance(value, str):
        cut = value if len(value) <= characters else value[: characters - 1] + "…"
        return cut.encode("utf-8", "replace").decode()  # halves of surrogate pairs
    if isinstance(value, bool | int) or value is None:
        return value if not isinstance(value, int) or abs(value) < 2**63 else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if depth == 0:
        return None
    if isinstance(value, Mapping):
        pairs = list(value.items())[:entries]
        return {str(name)[:100]: _cut(each, characters, entries, depth - 1) for name, each in pairs}
    if isinstance(value, list | tuple):
        return [_cut(each, characters, entries, depth - 1) for each in value[:entries]]
    return str(value)[:characters]


LONGEST = 16_000
_STEPS = ((8_000, 200), (2_000, 100), (500, 50), (120, 40))  # longest text, longest list
_DEPTH = 6
