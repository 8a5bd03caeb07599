"""Labels of tokens from labels of words, for named entity recognition."""


def align(word_labels: list[int], word_ids: list[int | None]) -> list[int]:
    """A label for each entry of `word_ids`: -100 for None, and I in place of B for further pieces."""
    raise NotImplementedError("write this")
