"""Beside the learner's code: making, running, training and reading layers."""

import torch


def make_linear(weight, bias):
    """A trained linear layer with these weights; `bias` may be None."""
    linear = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
    with torch.no_grad():
        linear.weight.copy_(torch.from_numpy(weight))
        if bias is not None:
            linear.bias.copy_(torch.from_numpy(bias))
    return linear


def run(layer, x):
    """What the layer computes."""
    with torch.no_grad():
        return layer(torch.from_numpy(x))


def trainable(layer):
    """The parameters that train, as tensors."""
    return [each.detach().clone() for each in layer.parameters() if each.requires_grad]


def train(layer, x, y, steps):
    """A few steps of gradient descent on the squared error."""
    chosen = [each for each in layer.parameters() if each.requires_grad]
    for _ in range(steps):  # by hand: importing torch's optimizers takes longer than all checks
        loss = ((layer(torch.from_numpy(x)) - torch.from_numpy(y)) ** 2).mean()
        layer.zero_grad()
        loss.backward()
        with torch.no_grad():
            for each in chosen:
                if each.grad is not None:
                    each -= 0.02 * each.grad.sign()
    return float(loss.detach())


def merged(layer):
    """What merge returns: its class, weights and bias; the object itself where it is no linear layer."""
    found = layer.merge()
    if type(found) is not torch.nn.Linear:
        return found
    bias = getattr(found, "bias", None)
    return type(found).__name__, found.weight.detach(), None if bias is None else bias.detach()
