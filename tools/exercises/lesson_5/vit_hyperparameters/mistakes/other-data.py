def settings():
    return {"train_size": 5000, "test_size": 60, "epochs": 3}
