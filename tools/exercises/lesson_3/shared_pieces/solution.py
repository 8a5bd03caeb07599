"""Words that share a piece of a tokenizer."""

from itertools import combinations

from transformers import PreTrainedTokenizerBase

CANDIDATES = ["unravel", "unlucky", "groundhog", "hedgehog", "playfulness", "joyful"]


def pieces(tokenizer: PreTrainedTokenizerBase) -> tuple[tuple[str, str], tuple[str, str]]:
    """Two words with the same first piece, and two words with the same last piece."""
    cut = {word: tokenizer.tokenize(word) for word in CANDIDATES}
    split = [word for word in CANDIDATES if len(cut[word]) > 1]
    first = next(pair for pair in combinations(split, 2) if cut[pair[0]][0] == cut[pair[1]][0])
    last = next(pair for pair in combinations(split, 2) if cut[pair[0]][-1] == cut[pair[1]][-1])
    return first, last
