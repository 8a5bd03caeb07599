"""A vision transformer, written out: patches, a class token, positions, pre-norm blocks, a linear head.

Dosovitskiy et al., An Image is Worth 16x16 Words, 2020. In the shapes below B is the number of
pictures in the batch, N = (image_size / patch_size)^2 the patches of one, D the width, H the heads.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ViT(nn.Module):
    """Pictures [B, 3, S, S] with values in -1..1 to one score a class [B, classes]."""

    def __init__(
        self,
        image_size: int = 64,
        patch_size: int = 8,
        width: int = 128,
        depth: int = 6,
        heads: int = 4,
        classes: int = 6,
    ) -> None:
        super().__init__()
        self.patch_size, self.width = patch_size, width
        patches = (image_size // patch_size) ** 2
        self.embed = nn.Linear(3 * patch_size**2, width)
        self.class_token = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(0.02 * torch.randn(1, patches + 1, width))
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, classes)
        self.apply(_initialise)

    def forward(self, pictures: Tensor) -> Tensor:
        """One score a class; softmax makes probabilities of them."""
        scores: Tensor = self.head(self.features(pictures))
        return scores

    def features(self, pictures: Tensor) -> Tensor:
        """The image embedding [B, D]: what the class token has gathered after the last block."""
        x = self.tokens(pictures)
        for block in self.blocks:
            x = block(x)
        embedding: Tensor = self.norm(x[:, 0])
        return embedding

    def tokens(self, pictures: Tensor) -> Tensor:
        """What the first block reads [B, 1 + N, D]: the class token and one vector a patch."""
        x = self.embed(patches_of(pictures, self.patch_size))  # [B, N, D]
        token = self.class_token.expand(len(x), -1, -1)  # [B, 1, D]
        return torch.cat([token, x], dim=1) + self.positions

    @torch.no_grad()
    def class_attention(self, pictures: Tensor) -> Tensor:
        """How much the class token looks at each patch in the last block [B, H, N]; each row sums to < 1."""
        x = self.tokens(pictures)
        for block in self.blocks[:-1]:
            x = block(x)
        last = self.blocks[-1]
        assert isinstance(last, Block)
        return last.attention.weights(last.norm1(x))[:, :, 0, 1:]


class Block(nn.Module):
    """Attention between the tokens, then a small network on each; both are added to what was there."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm1, self.attention = nn.LayerNorm(width), Attention(width, heads)
        self.norm2, self.mlp = nn.LayerNorm(width), MLP(width)

    def forward(self, x: Tensor) -> Tensor:  # [B, 1 + N, D]
        x = x + self.attention(self.norm1(x))
        out: Tensor = x + self.mlp(self.norm2(x))
        return out


class Attention(nn.Module):
    """Every token takes from every other what its query finds in their keys: no mask, as in BERT."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)  # queries, keys and values in one product
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = self._split(x)  # each [B, H, 1 + N, D / H]
        # Plain products: for so few tokens they train twice as fast on a CPU in bfloat16 as torch's
        # scaled_dot_product_attention, which pays off for long sequences and on a GPU.
        mixed = _shares(query, key) @ value
        out: Tensor = self.out(mixed.transpose(1, 2).flatten(2))  # [B, 1 + N, D]
        return out

    def weights(self, x: Tensor) -> Tensor:
        """How tokens share out their look [B, H, 1 + N, 1 + N]: row i is token i's, and sums to 1."""
        query, key, _ = self._split(x)
        return _shares(query, key)

    def _split(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        batch, tokens, width = x.shape
        heads = self.qkv(x).view(batch, tokens, 3, self.heads, width // self.heads)
        query, key, value = heads.permute(2, 0, 3, 1, 4)
        return query, key, value


class MLP(nn.Module):
    """Two linear layers with GELU between, four times as wide inside."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.narrow(F.gelu(self.wide(x)))
        return out


def _shares(query: Tensor, key: Tensor) -> Tensor:
    """softmax(query key^T / sqrt(D / H)): the more alike a query and a key, the larger the share."""
    alike: Tensor = query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5
    return alike.softmax(-1)


def patches_of(pictures: Tensor, size: int) -> Tensor:
    """Pictures [B, 3, S, S] cut into squares [B, N, 3 * size * size], row by row."""
    batch, channels, height, width = pictures.shape
    cut = pictures.view(batch, channels, height // size, size, width // size, size)
    return cut.permute(0, 2, 4, 1, 3, 5).reshape(batch, -1, channels * size * size)


def _initialise(layer: nn.Module) -> None:
    """Small random weights and zero biases, as in BERT."""
    if isinstance(layer, nn.Linear):
        nn.init.trunc_normal_(layer.weight, std=0.02)
        nn.init.zeros_(layer.bias)
