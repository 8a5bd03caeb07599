"""Counting the parameters of a network of linear layers."""


def count_parameters(layers: list[tuple[int, int]]) -> int:
    """The weights and biases of all linear layers, each given as (inputs, outputs)."""
    return sum((inputs + 1) * outputs for inputs, outputs in layers)
