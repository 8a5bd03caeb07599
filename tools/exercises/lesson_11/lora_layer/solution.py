"""A linear layer that is fine-tuned through two small matrices."""

import torch
from torch import nn


class LoRALinear(nn.Module):
    """A frozen linear layer and a trainable change of it of low rank."""

    def __init__(self, linear: nn.Linear, rank: int, alpha: float):
        super().__init__()
        self.linear = linear.requires_grad_(False)
        self.a = nn.Parameter(torch.randn(rank, linear.in_features) / linear.in_features**0.5)
        self.b = nn.Parameter(torch.zeros(linear.out_features, rank))
        self.scale = alpha / rank

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The output of the changed layer; `x` is [..., in], the result [..., out]."""
        return self.linear(x) + self.scale * (x @ self.a.T @ self.b.T)

    @torch.no_grad()
    def merge(self) -> nn.Linear:
        """A plain linear layer that computes the same."""
        old = self.linear
        merged = nn.Linear(old.in_features, old.out_features, bias=old.bias is not None)
        merged.weight.copy_(old.weight + self.scale * self.b @ self.a)
        if old.bias is not None:
            merged.bias.copy_(old.bias)
        return merged
