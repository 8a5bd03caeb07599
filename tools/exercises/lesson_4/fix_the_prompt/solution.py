"""A prompt that lets the text win."""


def instructions() -> str:
    """What stands before the text, so that a model takes its words as the text defines them."""
    return (
        "This is a game in which a text gives words new meanings. "
        "The meaning that the text defines counts, even if it contradicts what you know about the word. "
        "First replace each redefined word by its meaning. "
        "Then answer the question about the rewritten text in one sentence, without correcting the text."
    )
