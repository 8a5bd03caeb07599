def settings():
    return {"num_train_epochs": 5, "learning-rate": 0.0005}
