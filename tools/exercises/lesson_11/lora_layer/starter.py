"""A linear layer that is fine-tuned through two small matrices."""

import torch
from torch import nn


class LoRALinear(nn.Module):
    """A frozen linear layer and a trainable change of it of low rank."""

    def __init__(self, linear: nn.Linear, rank: int, alpha: float):
        super().__init__()
        raise NotImplementedError("write this")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The output of the changed layer; `x` is [..., in], the result [..., out]."""
        raise NotImplementedError("write this")

    def merge(self) -> nn.Linear:
        """A plain linear layer that computes the same."""
        raise NotImplementedError("write this")
