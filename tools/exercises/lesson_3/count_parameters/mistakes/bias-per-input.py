def count_parameters(layers):
    return sum(inputs * outputs + inputs for inputs, outputs in layers)
