import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        self.linear = linear
        for p in linear.parameters():
            p.requires_grad = False
        self.a = nn.Parameter(torch.randn(rank, linear.in_features) * 0.1)
        self.b = nn.Parameter(torch.randn(linear.out_features, rank) * 0.1)
        self.scale = alpha / rank

    def forward(self, x):
        return self.linear(x) + self.scale * (x @ self.a.T @ self.b.T)

    def merge(self):
        old = self.linear
        merged = nn.Linear(old.in_features, old.out_features, bias=old.bias is not None)
        merged.weight.data = old.weight.data + self.scale * (self.b @ self.a).data
        if old.bias is not None:
            merged.bias.data = old.bias.data.clone()
        return merged
