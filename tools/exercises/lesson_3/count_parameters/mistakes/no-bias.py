def count_parameters(layers):
    return sum(inputs * outputs for inputs, outputs in layers)
