"""The memory that training a model needs."""

STATES = {"sgd": 0, "momentum": 1, "adam": 2, "adamw": 2}  # numbers that are kept for each weight


def training_memory(parameters: int, bytes_per_weight: int, optimizer: str) -> int:
    """The bytes for weights, gradients and optimiser state; `optimizer` is sgd, momentum, adam or adamw."""
    numbers = 1 + 1 + STATES[optimizer]  # the weight, its gradient, and what the optimiser keeps
    return parameters * numbers * bytes_per_weight
