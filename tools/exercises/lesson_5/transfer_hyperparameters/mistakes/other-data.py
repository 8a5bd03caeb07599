def settings():
    return {"epochs": 5, "train_size": 6000}
