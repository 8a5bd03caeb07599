"""Beside the learner's code: small vision transformers with random weights, and what a call does to them."""

import torch
from transformers import ViTConfig, ViTForImageClassification


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
    """A vision transformer of that many blocks, as transformers builds it."""
    return ViTForImageClassification(
        ViTConfig(
            image_size=8,
            patch_size=4,
            hidden_size=8,
            num_hidden_layers=blocks,
            num_attention_heads=2,
            intermediate_size=16,
            num_labels=3,
        )
    )


tiny_vit(1)  # the first one takes a second, which no check should pay for
