"""BPE and WordPiece written out: how each learns its pieces, and how it splits a new word.

Byte pair encoding (BPE; Sennrich, Haddow and Birch, 2016) merges the commonest pair of neighbouring
pieces, again and again. WordPiece (Schuster and Nakajima, 2012) merges the pair that raises the
likelihood of the texts most, and marks every piece that continues a word with ##.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

UNKNOWN = "[UNK]"
Pair = tuple[str, str]
Score = Callable[[Pair, Counter[Pair], Counter[str]], float]  # of a pair, given counts of pairs and of pieces


@dataclass(frozen=True)
class Merge:
    """One merge rule: `pair` becomes one piece; it occurred `count` times and had this `score`."""

    pair: Pair
    piece: str
    count: int
    score: float


def spelled(counts: Mapping[str, int], mark: str = "") -> dict[tuple[str, ...], int]:
    """Every word as its characters, with `mark` before each but the first, and how often it occurs."""
    return {(word[0], *(mark + letter for letter in word[1:])): count for word, count in counts.items()}


def learn_merges(
    words: dict[tuple[str, ...], int],
    merges: int,
    score: Score,
    on_merge: Callable[[int], None] = lambda made: None,
) -> list[Merge]:
    """Merge the pair with the highest score, again and again: the training of BPE and of WordPiece.

    `words` are pieces with how often each word occurs. Of equal pairs the first in the alphabet is
    taken. Ends early where no pair scores above 0. `on_merge(made)` is called after each.
    """
    rules: list[Merge] = []
    while len(rules) < merges:
        pairs, pieces = Counter[Pair](), Counter[str]()
        for word, count in words.items():
            for piece in word:
                pieces[piece] += count
            for pair in pairwise(word):
                pairs[pair] += count
        scores = {pair: score(pair, pairs, pieces) for pair in pairs}
        best = min(scores, key=lambda pair: (-scores[pair], pair), default=None)
        if best is None or scores[best] <= 0:
            break
        rules.append(Merge(best, joined(best), pairs[best], scores[best]))
        words = {merge(word, best) if best[0] in word else word: count for word, count in words.items()}
        on_merge(len(rules))
    return rules


def most_frequent(pair: Pair, pairs: Counter[Pair], pieces: Counter[str]) -> float:
    """BPE's score of a pair: how often it occurs."""
    return pairs[pair]


def most_likely(enough: int) -> Score:
    """WordPiece's score: how often the pair occurs for how often its parts do.

    Each time the pair is met, merging raises the log-likelihood of the texts by about the logarithm
    of this times the number of pieces. Pairs met less than `enough` times score 0: their figure is an
    accident. Google published no code; the score is as Hugging Face's course gives it.
    """

    def score(pair: Pair, pairs: Counter[Pair], pieces: Counter[str]) -> float:
        return pairs[pair] / (pieces[pair[0]] * pieces[pair[1]]) if pairs[pair] >= enough else 0.0

    return score


def joined(pair: Pair) -> str:
    """The piece that a pair becomes: `##` stays only at its beginning."""
    return pair[0] + pair[1].removeprefix("##")


def merge(word: Sequence[str], pair: Pair) -> tuple[str, ...]:
    """One word's pieces with every occurrence of the pair made one, from left to right."""
    out: list[str] = []
    i = 0
    while i < len(word):
        if tuple(word[i : i + 2]) == pair:
            out.append(joined(pair))
            i += 2
        else:
            out.append(word[i])
            i += 1
    return tuple(out)


def apply_merges(word: str, rules: Iterable[Merge]) -> tuple[str, ...]:
    """How BPE splits a new word: into characters, then every rule in the order it was learned."""
    pieces = tuple(word)
    for rule in rules:
        pieces = merge(pieces, rule.pair)
    return pieces


def longest_match(word: str, vocabulary: set[str]) -> list[str]:
    """How WordPiece splits a word: the longest piece that fits, from left to right.

    A place where none fits makes the whole word [UNK].
    """
    pieces, start = list[str](), 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocabulary:
                pieces.append(piece)
                start = end
                break
        else:
            return [UNKNOWN]
    return pieces
