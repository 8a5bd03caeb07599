"""A prompt that lets the text win."""


def instructions() -> str:
    """What stands before the text, so that a model takes its words as the text defines them."""
    raise NotImplementedError("write this")
