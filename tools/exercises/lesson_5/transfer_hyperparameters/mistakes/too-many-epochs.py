def settings():
    return {"epochs": 10, "learning_rate": 0.0005}
