"""Words that share a piece of a tokenizer."""

from transformers import PreTrainedTokenizerBase


def pieces(tokenizer: PreTrainedTokenizerBase) -> tuple[tuple[str, str], tuple[str, str]]:
    """Two words with the same first piece, and two words with the same last piece."""
    raise NotImplementedError("write this")
