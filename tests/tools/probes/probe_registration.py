"""One more lab, `probe`, for testing the engine: its entry, and how Python finds its module."""

from __future__ import annotations

from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from typing import Any

from tools.labs import LabInfo

PROBE = LabInfo("probe", "A probe", 0, "For testing the engine.", "nothing", trains=True, takes="texts")


class Finder:
    """Finds the module `tools.labs.probe` beside this file."""

    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        """The module, if it is the one asked for."""
        if name != "tools.labs.probe":
            return None
        return spec_from_file_location(name, Path(__file__).parent / "probe_lab.py")
