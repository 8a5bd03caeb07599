"""Freezing a vision transformer from below."""


def freeze(model, trainable_blocks: int):
    """The model itself, of whose weights only the last `trainable_blocks` blocks and the head train."""
    model.requires_grad_(False)
    model.classifier.requires_grad_(True)
    blocks = model.vit.layers
    for block in blocks[len(blocks) - trainable_blocks :]:
        block.requires_grad_(True)
    return model
