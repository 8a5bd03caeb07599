"""Frozen lower layers of an encoder: what they say is computed once and looked up from then on.

A frozen layer gives the same vectors in every epoch (its dropout is off), so there is no reason to
run it more than once for each text, and none to send gradients through it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from tools.errors import BadSettings
from tools.labs.models.text_batches import TokenTable, each_token

if TYPE_CHECKING:
    from tools.engine.report import Report


class Given(nn.Module):
    """Stands in the embeddings' place and hands on the vectors it is given, [b, t, width]."""

    def forward(self, inputs_embeds: Tensor, **_: Any) -> Tensor:
        """The same vectors."""
        return inputs_embeds


def freeze(model: Any, count: int, tables: Sequence[TokenTable], report: Report) -> Any:
    """The part of the model that learns; what the part below it says of the tables is computed here, once.

    `count` 0 freezes nothing, n the embeddings and the first n blocks.
    """
    if count == 0:
        return model
    lower, learner = split(model, count)
    total, done = sum(len(table) for table in tables), 0
    for table in tables:
        for texts in compute(lower, table, report.autocast):
            done += texts
            report.progress(done, total, "review")
    return learner


def split(model: Any, frozen: int) -> tuple[nn.Module, nn.Module]:
    """Freeze the embeddings and the first `frozen` blocks; the frozen part and the part that learns.

    The frozen part maps ids to the vectors after block `frozen`; the other maps such vectors to
    logits. Both share their weights with `model`, which stays whole. Raises BadSettings for a model
    that is not laid out as BERT is, or has fewer blocks.
    """
    base = model.base_model
    blocks = getattr(getattr(base, "encoder", None), "layer", None)
    if blocks is None or not hasattr(base, "embeddings"):
        raise BadSettings(
            f"frozen_layers needs a model laid out as BERT is; a {type(model).__name__} is not.",
            help="Use frozen_layers=0, or another model.",
        )
    if frozen > len(blocks):
        raise BadSettings(
            f"frozen_layers is {frozen}, but the model has {len(blocks)} layers.",
            help=f"Use 0 to {len(blocks)}; with {len(blocks)} only the head learns.",
        )
    for part in (base.embeddings, *blocks[:frozen]):
        part.requires_grad_(False)
    lower = with_parts(base, encoder=with_parts(base.encoder, layer=blocks[:frozen]))
    upper_base = with_parts(base, embeddings=Given(), encoder=with_parts(base.encoder, layer=blocks[frozen:]))
    return lower.eval(), with_parts(model, **{model.base_model_prefix: upper_base})


def with_parts(module: nn.Module, **parts: nn.Module) -> nn.Module:
    """A second view of a module, with some of its parts exchanged and all others shared."""
    view = copy.copy(module)
    view._modules = {**module._modules, **parts}
    return view


def compute(lower: nn.Module, table: TokenTable, autocast: Callable[[], Any]) -> Iterator[int]:
    """Set `table.vectors` [tokens, width] to what the frozen part says of every token; yields texts done."""
    vectors: Tensor | None = None
    for inputs, place, mask in each_token(table):
        with torch.no_grad(), autocast():
            hidden = lower(**inputs).last_hidden_state  # [b, t, width]
        if vectors is None:
            vectors = hidden.new_empty(len(table.ids), hidden.shape[-1])
        vectors[place[mask]] = hidden[mask]
        yield len(place)
    table.vectors = vectors
