def freeze(model, trainable_blocks):
    n = model.config.num_hidden_layers
    for name, weight in model.named_parameters():
        weight.requires_grad = "classifier" in name
        for i in range(n - trainable_blocks, n):
            if f"vit.encoder.layer.{i}." in name:
                weight.requires_grad = True
    return model
