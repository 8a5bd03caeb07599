"""Beside the learner's code: what a call does to the array that it is given."""


def before_and_after(function, array):
    """The array as it was and as it is after the call."""
    before = array.copy()
    function(array)
    return before, array
