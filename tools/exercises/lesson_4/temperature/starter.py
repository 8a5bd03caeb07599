"""The distribution that a language model's next token is drawn from."""

import numpy as np


def sample_distribution(
    logits: np.ndarray, temperature: float, top_p: float = 1.0, top_k: int = 0
) -> np.ndarray:
    """The probabilities [v] of the next token, from its logits [v]."""
    raise NotImplementedError("write this")
