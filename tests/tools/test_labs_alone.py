"""Labs and engine on a machine that has torch, transformers, scikit-learn, datasets and pydantic, and no more."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENOUGH = ("torch", "transformers", "scikit-learn", "datasets", "pydantic")
PROGRAM = """
import json, sys
from pathlib import Path
blocked, home, lab, settings = json.loads(sys.argv[1])

class Poorer:
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, *rest):
        return None if name.partition(".")[0] in blocked else self.finder.find_spec(name, *rest)

sys.meta_path[:] = [Poorer(finder) for finder in sys.meta_path]
from tools.engine import runs
from tools.engine.settings import checked_settings
from tools.engine.worker import perform
from tools.labs import open_lab
config = checked_settings(open_lab(lab), settings)
run = runs.create(Path(home), lab, config.model_dump(), "cpu", None)
code = perform(run)
view = run.view()
assert code == 0, view.error
print(json.dumps(view.result["metrics"]))
"""


def brought(names: tuple[str, ...]) -> set[str]:
    """These distributions and all that they require, without extras."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found:
            continue
        try:
            needed = requires(name) or []
        except PackageNotFoundError:
            continue
        found.add(name)
        waiting += [re.split(r"[^\w.-]", each)[0] for each in needed if "extra ==" not in each]
    return found


@pytest.mark.parametrize(
    ("lab", "settings"),
    [
        ("two-circles", {"steps": 20, "other_starts": 0, "pause": 0}),
        (
            "vit-from-scratch",
            {"train_size": 24, "test_size": 12, "validation_size": 12, "epochs": 1, "depth": 1},
        ),
        ("clip-train", {"train_size": 24, "test_size": 12, "epochs": 1, "text_encoder": "scratch"}),
    ],
)
def test_a_lab_runs_with_five_packages_and_what_these_bring(tmp_path: Path, lab: str, settings: dict) -> None:
    there = brought(ENOUGH)
    blocked = [
        name
        for name, distributions in packages_distributions().items()
        if not any(re.sub(r"[-_.]+", "-", each).lower() in there for each in distributions)
        and name not in ("tools", "tutor", "knowledge")
    ]
    assert {"langchain", "textual", "chromadb"} <= set(blocked)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps([blocked, str(tmp_path), lab, settings])],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1])
