"""Beside the learner's code: what a call leaves of the arrays that it is given."""


def after(function, images, texts, temperature):
    """Both arrays as they are after a call."""
    function(images, texts, temperature)
    return images, texts
