"""Pretrained image networks: the one that needs no hub, one of the hub, or one in a folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tools.assets.hub import local_copy, reachable
from tools.assets.loading import quiet_transformers, unloadable
from tools.assets.model_source import ModelSource
from tools.assets.store import find, source_of
from tools.errors import AssetUnavailable, BadSettings
from tools.labs.models.efficientnet import EfficientNet

CARRIED = "efficientnet-lite0"


class ImageNetwork(nn.Module):
    """A pretrained body, which makes an embedding of a picture, and a new head, which makes scores of it.

    Takes pictures [B, 3, S, S] in -1..1. A body has `features(pictures)` and `layers()`, as
    EfficientNet has; `fresh` builds the same body with random weights.
    """

    def __init__(
        self, fresh: Callable[[], nn.Module], body: nn.Module | None, width: int, classes: int
    ) -> None:
        super().__init__()
        self.fresh, self.pretrained = fresh, body is not None
        self.body: Any = fresh() if body is None else body
        self.head = nn.Linear(width, classes)
        nn.init.zeros_(self.head.weight)  # so that its first gradients tell the body nothing wrong
        nn.init.zeros_(self.head.bias)

    def features(self, pictures: Tensor) -> Tensor:
        """The image embedding [B, width]."""
        embedding: Tensor = self.body.features(pictures)
        return embedding

    def forward(self, pictures: Tensor) -> Tensor:
        """One score a class [B, classes]."""
        scores: Tensor = self.head(self.features(pictures))
        return scores

    def untrained(self) -> ImageNetwork:
        """The same network with random weights, nothing frozen."""
        return ImageNetwork(self.fresh, None, self.head.in_features, self.head.out_features)

    def freeze(self, count: int) -> None:
        """Keep the weights before block `count` and of it; 0 keeps none. Raises BadSettings for too many."""
        layers = self.body.layers()
        blocks = len(layers) - 1
        if count > blocks:
            raise BadSettings(
                f"frozen_layers is {count}, but the network has {blocks} blocks.",
                help=f"Use 0 to {blocks}; with {blocks} only the head learns.",
            )
        if count == blocks:
            self.body.requires_grad_(False)
        for layer in layers[: count + 1] if count else []:
            for weight in layer:
                weight.requires_grad = False

    def train(self, mode: bool = True) -> ImageNetwork:
        """Training mode; batch norms keep the means and variances of pretraining, if there was any."""
        super().train(mode)
        if self.pretrained:
            for part in self.body.modules():
                if isinstance(part, nn.BatchNorm2d):
                    part.eval()
        return self


class Borrowed(nn.Module):
    """A body from transformers, with pictures brought to the size and colours it was trained on."""

    mean: Tensor
    std: Tensor

    def __init__(self, model: Any, size: int, mean: list[float], std: list[float]) -> None:
        super().__init__()
        self.model, self.size = model, size
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1), persistent=False)

    def features(self, pictures: Tensor) -> Tensor:
        """The image embedding [B, width]: the class token's, or the mean over all places."""
        if pictures.shape[-1] != self.size:
            pictures = F.interpolate(pictures, size=(self.size, self.size), mode="bilinear", antialias=True)
        last: Tensor = self.model(pixel_values=((pictures + 1) / 2 - self.mean) / self.std).last_hidden_state
        return last[:, 0] if last.ndim == 3 else last.mean((2, 3))

    def layers(self) -> list[list[nn.Parameter]]:
        """Its weights from the input up; the blocks are its longest list of modules."""
        lists = [part for part in self.model.modules() if isinstance(part, nn.ModuleList)]
        blocks = max(lists, key=len, default=nn.ModuleList())
        before = getattr(self.model, "embeddings", nn.Identity())
        return [list(before.parameters()), *(list(block.parameters()) for block in blocks)]


def load_image_network(
    model: str, classes: int, home: Path, on_progress: Callable[[int, int], None] | None = None
) -> tuple[ImageNetwork, ModelSource]:
    """A pretrained network with a new head for `classes`, and where it came from.

    `model` is "efficientnet-lite0" (learned ImageNet's 1.3 million photographs; 17 MB fetched once),
    a folder, one in HOME/models, or a name on the hub such as google/vit-base-patch16-224-in21k. A
    hub name that cannot be had gets efficientnet-lite0, and the source says in place of what. Raises
    AssetUnavailable.
    """
    if model == CARRIED:
        network, source = _imagenet(classes, home, "", on_progress)
    elif (folder := local_copy(model) or local_copy(str(home / "models" / model))) is not None:
        network, source = _borrowed(str(folder), ModelSource(model, f"folder {folder}"), classes)
    elif reachable():
        network, source = _borrowed(model, ModelSource(model, "Hugging Face hub"), classes)
    elif Path(model).expanduser().is_absolute():
        raise AssetUnavailable(f"There is no model in {model}.", help="A model's folder has a config.json.")
    else:
        network, source = _imagenet(classes, home, model, on_progress)
    return network, replace(source, parameters=sum(weight.numel() for weight in network.parameters()))


def _imagenet(
    classes: int, home: Path, stand_in_for: str, on_progress: Callable[[int, int], None] | None
) -> tuple[ImageNetwork, ModelSource]:
    folder = find("imagenet-network", home, on_progress)

    def fresh() -> EfficientNet:
        body = EfficientNet(classes=1)
        body.head = nn.Identity()  # type: ignore[assignment]
        return body

    body = EfficientNet()
    body.load_published(torch.load(next(folder.glob("*.pth")), map_location="cpu", weights_only=True))
    body.head = nn.Identity()  # type: ignore[assignment]
    note = "Learned ImageNet: 1.3 million photographs of 1,000 kinds of things."
    if stand_in_for:
        note = f"The Hugging Face hub cannot be reached. {note}"
    source = ModelSource(CARRIED, source_of("imagenet-network", home), stand_in_for, note)
    return ImageNetwork(fresh, body, body.width, classes), source


def _borrowed(place: str, source: ModelSource, classes: int) -> tuple[ImageNetwork, ModelSource]:
    from transformers import AutoConfig, AutoModel

    with quiet_transformers():
        try:
            config = AutoConfig.from_pretrained(place)
            model = AutoModel.from_pretrained(place)
        except (OSError, ValueError, KeyError) as error:
            raise unloadable(source.name, error) from error
    if getattr(config, "num_channels", None) != 3:
        raise AssetUnavailable(
            f"{source.name} does not read colour pictures ({config.model_type}).",
            help="Give an image network, such as google/vit-base-patch16-224-in21k.",
        )
    mean, std = _colours(place, source)
    size = int(getattr(config, "image_size", 224))
    widths = getattr(config, "hidden_sizes", None)
    width = int(widths[-1] if widths else config.hidden_size)

    def fresh() -> Borrowed:
        make: Any = AutoModel.from_config
        return Borrowed(make(config), size, mean, std)

    return ImageNetwork(fresh, Borrowed(model, size, mean, std), width, classes), source


def _colours(place: str, source: ModelSource) -> tuple[list[float], list[float]]:
    """The mean and spread of red, green and blue that a network's pictures were brought to."""
    from transformers import BaseImageProcessor

    with quiet_transformers():
        try:
            found, _ = BaseImageProcessor.get_image_processor_dict(place)
        except (OSError, ValueError) as error:
            raise unloadable(source.name, error) from error
    return list(found.get("image_mean") or [0.5] * 3), list(found.get("image_std") or [0.5] * 3)
