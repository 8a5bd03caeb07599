"""Texts as token ids, in batches of about equal length, so that hardly any work goes into padding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

WINDOW = 32  # batches that are sorted by length together


class TokenTable:
    """Every text's token ids, end to end in one row: nothing is padded until a batch is cut.

    Tokenised once, on the device once. Text i is ids[starts[i] : starts[i] + lengths[i]]. `vectors`
    [tokens, width], where it is set, has taken the ids' place: see `frozen_layers.py`.
    """

    def __init__(
        self,
        tokenizer: Any,
        texts: Sequence[str],
        labels: Sequence[int],
        max_length: int,
        device: torch.device,
    ) -> None:
        """Tokenise; what is longer than `max_length` tokens loses its end."""
        rows = tokenizer(list(texts), truncation=True, max_length=max_length)["input_ids"]
        self.lengths = [len(row) for row in rows]  # known here, so that no batch has to ask the device
        flat = np.fromiter((token for row in rows for token in row), dtype=np.int64)
        self.ids = torch.from_numpy(flat).to(device)
        ends = torch.tensor(self.lengths, device=device).cumsum(0)
        self.sizes = torch.tensor(self.lengths, device=device)
        self.starts = ends - self.sizes
        self.labels = torch.tensor(labels, device=device)  # [texts]
        self.padding = int(tokenizer.pad_token_id or 0)
        self.vectors: Tensor | None = None

    def __len__(self) -> int:
        return len(self.lengths)

    def batch(self, rows: Sequence[int]) -> dict[str, Tensor]:
        """The model's inputs for b texts, as wide as the longest of them: ids [b, t] and a mask [b, t].

        The mask is True on real tokens; it is left out where every text is equally long.
        """
        place, mask = self.places(rows)  # [b, t] each
        if self.vectors is None:
            inputs = {"input_ids": self.ids[place].masked_fill(~mask, self.padding)}
        else:
            inputs = {"inputs_embeds": self.vectors[place]}  # [b, t, width]
        shortest = min(self.lengths[row] for row in rows)
        return inputs if shortest == mask.shape[1] else {**inputs, "attention_mask": mask}

    def places(self, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Where in the long row each token of a batch stands [b, t], and which are real [b, t]."""
        chosen = self.numbers(rows)
        column = torch.arange(max(self.lengths[row] for row in rows), device=self.ids.device)
        mask = column < self.sizes[chosen, None]
        place = (self.starts[chosen, None] + column).clamp(max=len(self.ids) - 1)
        return place, mask

    def numbers(self, rows: Sequence[int]) -> Tensor:
        """Text numbers as a tensor [b] on the device, sent without waiting for it."""
        return torch.tensor(rows).to(self.ids.device, non_blocking=True)


def training_batches(lengths: Sequence[int], size: int, seed: int, epoch: int) -> list[list[int]]:
    """One epoch's batches of `size` text numbers: a function of seed and epoch alone, so it can be resumed.

    The texts are shuffled; each window of 32 batches is sorted by length and cut into batches, and
    the batches are shuffled again. Texts of one batch are about equally long, and yet no two epochs
    are alike.
    """
    chance = np.random.default_rng((seed, epoch))
    order = chance.permutation(len(lengths)).tolist()
    batches = []
    for start in range(0, len(order), WINDOW * size):
        window = sorted(order[start : start + WINDOW * size], key=lambda row: lengths[row])
        batches += [window[k : k + size] for k in range(0, len(window), size)]
    return [batches[k] for k in chance.permutation(len(batches))]


def reading_batches(lengths: Sequence[int], tokens: int = 8192) -> list[list[int]]:
    """Batches for reading without gradients: sorted by length, each at most `tokens` tokens with padding."""
    batches: list[list[int]] = [[]]
    for row in sorted(range(len(lengths)), key=lambda row: lengths[row]):
        if batches[-1] and lengths[row] * (len(batches[-1]) + 1) > tokens:
            batches.append([])
        batches[-1].append(row)
    return batches if batches[0] else []


def positions(batches: Sequence[Sequence[int]], lengths: Sequence[int]) -> int:
    """How many positions a list of batches computes, padding included."""
    return sum(len(batch) * max(lengths[row] for row in batch) for batch in batches)


@torch.inference_mode()
def read(
    model: torch.nn.Module, table: TokenTable, autocast: Callable[[], Any], tick: Callable[[int], None]
) -> Tensor:
    """A model's logits [texts, classes] in eval mode, on the CPU; `tick(texts done)` after each batch."""
    model.eval()
    done, order, found = 0, [], []
    for rows in reading_batches(table.lengths):
        with autocast():
            found.append(model(**table.batch(rows)).logits.float())
        order += rows
        done += len(rows)
        tick(done)
    logits = torch.cat(found).cpu()  # the one moment that waits for the device
    return logits[torch.tensor(order).argsort()]


def each_token(table: TokenTable) -> Iterator[tuple[dict[str, Tensor], Tensor, Tensor]]:
    """Reading batches of a table as (inputs, places [b, t], mask [b, t])."""
    for rows in reading_batches(table.lengths):
        yield table.batch(rows), *table.places(rows)
