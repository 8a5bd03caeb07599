"""The number of different tokens in growing parts of a corpus."""

from collections.abc import Callable, Hashable


def vocabulary_sizes(
    texts: list[str], tokenize: Callable[[str], list[Hashable]], sizes: list[int]
) -> list[int]:
    """For each of the ascending `sizes`, the number of different tokens in the first so many texts."""
    raise NotImplementedError("write this")
