STATES = {"sgd": 0, "momentum": 1, "adam": 1, "adamw": 1}


def training_memory(parameters, bytes_per_weight, optimizer):
    return parameters * bytes_per_weight * (2 + STATES[optimizer])
