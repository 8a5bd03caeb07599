def training_memory(parameters, bytes_per_weight, optimizer):
    return 2 * parameters * bytes_per_weight
