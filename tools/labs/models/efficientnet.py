"""EfficientNet-Lite0, a convolutional network for ImageNet's 1,000 classes, written out.

Tan and Le, EfficientNet, 2019; the lite variant is that of TensorFlow's TPU models, 2020 (ReLU6, no
squeeze-and-excitation). In the shapes B is the number of pictures and S their side.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# One row a stage: blocks, output channels, kernel, stride of its first block, how many times wider inside.
STAGES = (
    (1, 16, 3, 1, 1),
    (2, 24, 3, 2, 6),
    (2, 40, 5, 2, 6),
    (3, 80, 3, 2, 6),
    (3, 112, 5, 1, 6),
    (4, 192, 5, 2, 6),
    (1, 320, 3, 1, 6),
)


class EfficientNet(nn.Module):
    """Pictures [B, 3, S, S] with values in -1..1 to one score a class [B, classes]."""

    width = 1280

    def __init__(self, classes: int = 1000) -> None:
        super().__init__()
        self.stem = Convolution(3, 32, 3, stride=2)
        self.blocks = nn.ModuleList()
        channels = 32
        for blocks, out, kernel, stride, wider in STAGES:
            for number in range(blocks):
                self.blocks.append(Inverted(channels, out, kernel, stride if number == 0 else 1, wider))
                channels = out
        self.last = Convolution(320, 1280, 1)
        self.head = nn.Linear(self.width, classes)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, pictures: Tensor) -> Tensor:
        """One score a class."""
        scores: Tensor = self.head(self.features(pictures))
        return scores

    def features(self, pictures: Tensor) -> Tensor:
        """The image embedding [B, 1280]: the mean over all places of the last feature map."""
        # With the channels last in memory, and in float32 on a CPU, where bfloat16 makes convolutions of
        # one channel each slower: 9 ms a picture of 64 pixels against 14 on one core.
        x = pictures.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", enabled=False):
            x = F.relu6(self.stem(x))  # [B, 32, S/2, S/2]
            for block in self.blocks:
                x = block(x)  # ... [B, 320, S/32, S/32]
            return F.relu6(self.last(x)).mean((2, 3))

    def layers(self) -> list[list[nn.Parameter]]:
        """The weights from the input up: those before the first block, then those of each block."""
        return [list(self.stem.parameters()), *(list(block.parameters()) for block in self.blocks)]

    def load_published(self, weights: Mapping[str, Tensor]) -> None:
        """Take the published weights, which have other names but the same order and shapes."""
        own = self.state_dict()
        if [tuple(part.shape) for part in own.values()] != [tuple(part.shape) for part in weights.values()]:
            raise ValueError("these are not the weights of EfficientNet-Lite0")
        self.load_state_dict(dict(zip(own, weights.values(), strict=True)))


class Inverted(nn.Module):
    """An inverted residual: widen, filter each channel alone (cheap), narrow, and add what came in."""

    def __init__(self, channels: int, out: int, kernel: int, stride: int, wider: int) -> None:
        super().__init__()
        inside = channels * wider
        self.widen = Convolution(channels, inside, 1) if wider > 1 else None
        self.filter = Convolution(inside, inside, kernel, stride, groups=inside)
        self.narrow = Convolution(inside, out, 1)
        self.adds = stride == 1 and channels == out

    def forward(self, x: Tensor) -> Tensor:
        y = x if self.widen is None else F.relu6(self.widen(x))
        y = self.narrow(F.relu6(self.filter(y)))
        out: Tensor = x + y if self.adds else y
        return out


class Convolution(nn.Module):
    """A convolution padded as TensorFlow does it (more at the right and below), then batch norm."""

    def __init__(self, channels: int, out: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.kernel, self.stride = kernel, stride
        self.convolution = nn.Conv2d(channels, out, kernel, stride, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(out, eps=1e-3)

    def forward(self, x: Tensor) -> Tensor:
        if self.kernel > 1:
            down, across = (self._missing(side) for side in x.shape[2:])
            x = F.pad(x, (across // 2, across - across // 2, down // 2, down - down // 2))
        out: Tensor = self.norm(self.convolution(x))
        return out

    def _missing(self, side: int) -> int:
        """How many pixels the padding adds, so that the output has ceil(side / stride)."""
        return max(0, (-(-side // self.stride) - 1) * self.stride + self.kernel - side)
