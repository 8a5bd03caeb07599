def settings():
    return {"train_size": 7600, "epochs": 10}
