"""What the tests of the material share: the seed documents, a small encoder, little documents."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge import tokens

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"


class WordEncoder:
    """A fast stand-in for a model: each term has a random direction, a text is the sum of its terms.

    Only for tests of bookkeeping (what is encoded when, and what survives); tests of what is found use
    the real encoders.
    """

    def __init__(self, name: str = "test/words") -> None:
        self.name = name
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], *, query: bool) -> Any:
        if not query:
            self.encoded.extend(texts)
        vectors = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in enumerate(texts):
            for term in tokens.terms(text) or ["empty"]:
                seed = int.from_bytes(hashlib.sha256(f"{self.name} {term}".encode()).digest()[:4], "big")
                vectors[row] += np.random.default_rng(seed).standard_normal(64)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def seeds() -> Path:
    """The five documents that Tutor must master, where they are at hand."""
    if not SEEDS.is_dir():
        pytest.skip(f"the seed documents are not at {SEEDS}")
    return SEEDS


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder with three small documents."""
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "rates.md").write_text(
        "# Learning rates\n\n## Too high\n\nA learning rate that is too high makes the loss jump about"
        " or diverge, because each step overshoots the valley it should descend into.\n\n## Too low\n\n"
        "A learning rate that is too low makes training crawl: the loss falls, but so slowly that the"
        " budget ends first.\n",
        encoding="utf-8",
    )
    (folder / "trees.md").write_text(
        "# Orchard\n\nApple trees are pruned in late winter, before the buds open, so that wounds close"
        " quickly and the crown stays open to light.\n",
        encoding="utf-8",
    )
    (folder / "ja.md").write_text(
        "# 過学習\n\n過学習とは、モデルが訓練データを覚え込み、新しいデータでは成績が悪くなることです。"
        "正則化や早期終了で防ぎます。\n",
        encoding="utf-8",
    )
    return folder
