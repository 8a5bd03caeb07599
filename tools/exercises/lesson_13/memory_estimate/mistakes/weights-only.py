def training_memory(parameters, bytes_per_weight, optimizer):
    return parameters * bytes_per_weight
