"""Beside the learner's code: what a call does to the vectors that it is given."""


def before_and_after(function, x, *matrices):
    """The vectors as they were and as they are after the call; as tensors where arrays are refused."""
    before = x.copy()
    try:
        function(x, *matrices)
    except Exception:
        import torch

        x, *matrices = (torch.tensor(each, dtype=torch.float32) for each in (before, *matrices))
        function(x, *matrices)
    return before, x
