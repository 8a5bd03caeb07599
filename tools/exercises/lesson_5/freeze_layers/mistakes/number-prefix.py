def freeze(model, trainable_blocks):
    model.requires_grad_(True)
    frozen = model.config.num_hidden_layers - trainable_blocks
    for name, weight in model.named_parameters():
        if name.startswith("vit.embeddings"):
            weight.requires_grad = False
        for number in range(frozen):
            if name.startswith(f"vit.layers.{number}"):
                weight.requires_grad = False
    return model
