def freeze(model, trainable_blocks):
    for weight in model.parameters():
        weight.requires_grad = False
    for block in model.vit.layers[-trainable_blocks:]:
        for weight in block.parameters():
            weight.requires_grad = True
    for weight in model.classifier.parameters():
        weight.requires_grad = True
    return model
