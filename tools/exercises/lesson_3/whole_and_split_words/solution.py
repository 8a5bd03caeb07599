"""Words that a tokenizer keeps whole, and words that it cuts in two."""

from transformers import PreTrainedTokenizerBase

CANDIDATES = ["soup", "music", "snowboarding", "unravel", "sunflower", "waterfall", "croissant"]


def words(tokenizer: PreTrainedTokenizerBase) -> tuple[tuple[str, str], tuple[str, str]]:
    """Two words with a token of their own, and two real words that are split in exactly two."""
    whole = [word for word in CANDIDATES if len(tokenizer.tokenize(word)) == 1]
    in_two = [word for word in CANDIDATES if len(tokenizer.tokenize(word)) == 2]
    return (whole[0], whole[1]), (in_two[0], in_two[1])
