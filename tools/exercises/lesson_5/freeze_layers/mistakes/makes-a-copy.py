import copy


def freeze(model, trainable_blocks):
    model = copy.deepcopy(model)
    model.requires_grad_(False)
    model.classifier.requires_grad_(True)
    n = len(model.vit.layers)
    for block in model.vit.layers[n - trainable_blocks :]:
        block.requires_grad_(True)
    return model
