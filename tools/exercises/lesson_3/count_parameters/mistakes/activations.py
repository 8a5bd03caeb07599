def count_parameters(layers):
    total = 0
    for inputs, outputs in layers:
        total += (inputs + 1) * outputs  # the linear layer
        total += outputs  # the activation behind it
    return total
