"""Calls a learner's function with NumPy arrays, or with torch tensors where it was written for those."""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.exercises.checking import CodeRaised, Learner, Tensor


def call_with_either(learner: Learner, name: str, *arrays: np.ndarray[Any, Any]) -> Any:
    """What the function returns for the arrays; for tensors of the same numbers where arrays are refused."""
    try:
        return learner.call(name, *arrays)
    except CodeRaised as error:
        if not _wants_tensors(learner, error):
            raise
        try:
            return learner.call(name, *map(as_tensor, arrays))
        except CodeRaised:
            raise error from None


def as_tensor(array: np.ndarray[Any, Any]) -> Tensor:
    """The array as a torch tensor of the usual width."""
    return Tensor(array.astype(np.float32) if array.dtype == np.float64 else array)


def _wants_tensors(learner: Learner, error: CodeRaised) -> bool:
    """Whether the code stumbled over an array where it expects a tensor."""
    refused = error.raised.type in ("AttributeError", "TypeError") and "numpy.ndarray" in error.raised.message
    return refused or "torch" in learner.source
