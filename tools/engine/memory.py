"""One optimizer step over a batch in as many parts as the device's memory allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import torch

    from tools.engine.report import Report

Index = TypeVar("Index")


class MicroBatches:
    """Gradient accumulation that begins with whole batches and halves them when memory runs out.

    The gradient is that of the mean loss over the whole batch, whatever the number of parts, so the
    size of a part changes the memory and the speed of a run but not what it learns.
    """

    def __init__(self, size: int, report: Report) -> None:
        """`size` is the largest number of examples that go through the model at once."""
        self.size = size
        self._report = report

    def step(
        self,
        batch: Sequence[Index],
        loss_of: Callable[[Sequence[Index]], torch.Tensor],
        optimizer: torch.optim.Optimizer,
    ) -> torch.Tensor:
        """Leave the gradient of one batch in the weights and return its mean loss, still on the device.

        `loss_of(part)` is the mean loss of some of the batch's examples. The caller clips the
        gradient and calls `optimizer.step()`. Raises the device's out-of-memory error where not
        even one example fits.
        """
        while True:
            optimizer.zero_grad(set_to_none=True)
            try:
                return self._accumulated(batch, loss_of)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error) or self.size == 1:
                    raise
            optimizer.zero_grad(set_to_none=True)
            _free_cached_memory()
            self.size = max(1, min(self.size, len(batch)) // 2)
            self._report.log(
                f"Out of memory: each batch of {len(batch)} now goes through in parts of {self.size}, "
                "with the gradients added up."
            )

    def _accumulated(
        self, batch: Sequence[Index], loss_of: Callable[[Sequence[Index]], torch.Tensor]
    ) -> torch.Tensor:
        losses = []
        for start in range(0, len(batch), self.size):
            part = batch[start : start + self.size]
            loss = loss_of(part) * (len(part) / len(batch))
            loss.backward()  # type: ignore[no-untyped-call]
            losses.append(loss.detach())
        return sum(losses[1:], losses[0])


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error is a device or the machine having no memory left."""
    import torch

    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in _SIGNS)


def _free_cached_memory() -> None:
    import gc

    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif torch.backends.mps.is_available():
        torch.mps.empty_cache()


_SIGNS = ("out of memory", "can't allocate memory", "not enough memory")
