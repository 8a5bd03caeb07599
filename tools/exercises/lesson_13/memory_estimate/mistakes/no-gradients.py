STATES = {"sgd": 0, "momentum": 1, "adam": 2, "adamw": 2}


def training_memory(parameters, bytes_per_weight, optimizer):
    return parameters * bytes_per_weight * (1 + STATES[optimizer])
