"""Beside the learner's code: small vision transformers with random weights, and what a call does to them.

The modules and their names are those of ViTForImageClassification in transformers 5, written out here:
importing them takes five seconds, and freezing looks at names and weights alone.
"""

from types import SimpleNamespace

import torch
from torch import nn


def freezes(function, blocks, calls, frozen):
    """What `function(model, n)` leaves, for each n of `calls`, one after the other on one model.

    A dict with "trains" (the names of the weights that train after the last call), "all" (every name),
    "same" (whether the model itself came back each time), "returned" (the class of what came back) and
    "changed" (whether a weight has another value than before). `frozen` names what is frozen beforehand:
    names begin with one of these texts.
    """
    model = tiny_vit(blocks)
    for name, weight in model.named_parameters():
        weight.requires_grad_(not any(name.startswith(each) for each in frozen))
    before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    returned = [function(model, number) for number in calls]
    after = dict(model.named_parameters())
    return {
        "trains": [name for name, weight in after.items() if weight.requires_grad],
        "all": list(after),
        "same": all(each is model for each in returned),
        "returned": type(returned[-1]).__name__,
        "changed": set(before) != set(after)
        or any(not torch.equal(before[name], after[name]) for name in before),
    }


def tiny_vit(blocks):
    """A vision transformer of that many blocks."""
    return ViTForImageClassification(blocks)


class ViTForImageClassification(nn.Module):
    """The blocks and the head: `vit.embeddings`, `vit.layers`, `vit.layernorm` and `classifier`."""

    base_model_prefix = "vit"

    def __init__(self, blocks):
        super().__init__()
        self.config = SimpleNamespace(num_hidden_layers=blocks, hidden_size=WIDTH, num_labels=LABELS)
        self.vit = ViTModel(blocks)
        self.classifier = nn.Linear(WIDTH, LABELS)

    @property
    def base_model(self):
        return self.vit

    def num_parameters(self, only_trainable=False):
        return sum(each.numel() for each in self.parameters() if each.requires_grad or not only_trainable)


class ViTModel(nn.Module):
    def __init__(self, blocks):
        super().__init__()
        self.embeddings = ViTEmbeddings()
        self.layers = nn.ModuleList(ViTLayer() for _ in range(blocks))
        self.layernorm = nn.LayerNorm(WIDTH)


class ViTEmbeddings(nn.Module):
    def __init__(self):
        super().__init__()
        self.cls_token = nn.Parameter(torch.randn(1, 1, WIDTH))
        self.position_embeddings = nn.Parameter(torch.randn(1, 5, WIDTH))
        self.patch_embeddings = nn.Module()
        self.patch_embeddings.projection = nn.Conv2d(3, WIDTH, kernel_size=4, stride=4)


class ViTLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.Module()
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            setattr(self.attention, name, nn.Linear(WIDTH, WIDTH))
        self.layernorm_before = nn.LayerNorm(WIDTH)
        self.layernorm_after = nn.LayerNorm(WIDTH)
        self.mlp = nn.Module()
        self.mlp.fc1 = nn.Linear(WIDTH, 2 * WIDTH)
        self.mlp.fc2 = nn.Linear(2 * WIDTH, WIDTH)


WIDTH, LABELS = 8, 3
