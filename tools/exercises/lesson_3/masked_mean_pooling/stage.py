"""Beside the learner's code: what a call does to the arrays that it is given."""


def before_and_after(function, embeddings, mask):
    """Vectors and mask as they were and as they are after the call; as tensors where arrays are refused."""
    before = (embeddings.copy(), mask.copy())
    try:
        function(embeddings, mask)
    except Exception:
        import torch

        embeddings, mask = (torch.tensor(each) for each in before)
        function(embeddings, mask)
    return before, (embeddings, mask)
