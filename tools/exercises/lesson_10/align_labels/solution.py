"""Labels of tokens from labels of words, for named entity recognition."""

IGNORED = -100
"""What the cross-entropy of PyTorch passes over."""


def align(word_labels: list[int], word_ids: list[int | None]) -> list[int]:
    """A label for each entry of `word_ids`: -100 for None, and I in place of B for further pieces."""
    labels = []
    previous = None
    for word in word_ids:
        if word is None:
            labels.append(IGNORED)
        elif word != previous or word_labels[word] % 2 == 0:
            labels.append(word_labels[word])
        else:
            labels.append(word_labels[word] + 1)  # a further piece of a B word
        previous = word
    return labels
