"""Beside the learner's code: what a call does to the arrays that it is given."""


def before_and_after(function, arrays):
    """The arrays as they were and as they are after the call."""
    before = [each.copy() for each in arrays]
    function(*arrays)
    return before, list(arrays)
