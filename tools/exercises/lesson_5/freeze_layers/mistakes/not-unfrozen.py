def freeze(model, trainable_blocks):
    model.vit.embeddings.requires_grad_(False)
    n = len(model.vit.layers)
    for block in model.vit.layers[: n - trainable_blocks]:
        block.requires_grad_(False)
    return model
