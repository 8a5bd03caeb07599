def freeze(model, trainable_blocks):
    model.requires_grad_(False)
    model.classifier.requires_grad_(True)
    for block in model.vit.layers[:trainable_blocks]:
        block.requires_grad_(True)
    return model
