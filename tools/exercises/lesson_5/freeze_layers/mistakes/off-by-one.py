def freeze(model, trainable_blocks):
    model.requires_grad_(False)
    model.classifier.requires_grad_(True)
    n = len(model.vit.layers)
    for i, block in enumerate(model.vit.layers):
        if i > n - trainable_blocks:
            block.requires_grad_(True)
    return model
