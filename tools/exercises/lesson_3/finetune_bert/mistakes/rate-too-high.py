def settings():
    return {"train_size": 2000, "epochs": 1, "max_length": 12, "learning_rate": 0.02}
