def settings():
    return {"train_size": 2000, "epochs": 1, "max_length": 32, "frozen_layers": 6, "learning_rate": 1e-4}
