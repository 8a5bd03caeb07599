def freeze(model, trainable_blocks):
    model.requires_grad_(True)
    model.vit.embeddings.requires_grad_(False)
    for layer in model.vit.layers[:trainable_blocks]:
        layer.requires_grad_(False)
    return model
