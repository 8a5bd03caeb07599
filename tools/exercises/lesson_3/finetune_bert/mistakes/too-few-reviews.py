def settings():
    return {"train_size": 200, "epochs": 2, "max_length": 32, "learning_rate": 5e-5}
