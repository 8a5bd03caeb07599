"""Words that a tokenizer keeps whole, and words that it cuts in two."""

from transformers import PreTrainedTokenizerBase


def words(tokenizer: PreTrainedTokenizerBase) -> tuple[tuple[str, str], tuple[str, str]]:
    """Two words with a token of their own, and two real words that are split in exactly two."""
    raise NotImplementedError("write this")
