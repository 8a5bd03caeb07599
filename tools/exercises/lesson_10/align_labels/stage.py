"""Shows whether a function writes into the list of labels it is given; loaded before the learner's code."""


def before_and_after(function, word_labels, word_ids):
    """The labels as they were, and as they are after the function has had them."""
    before = list(word_labels)
    function(word_labels, word_ids)
    return before, word_labels
