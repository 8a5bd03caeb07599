def count_parameters(layers):
    return sum(inputs * outputs + 1 for inputs, outputs in layers)
