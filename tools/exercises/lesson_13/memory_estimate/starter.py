"""The memory that training a model needs."""


def training_memory(parameters: int, bytes_per_weight: int, optimizer: str) -> int:
    """The bytes for weights, gradients and optimiser state; `optimizer` is sgd, momentum, adam or adamw."""
    raise NotImplementedError("write this")
