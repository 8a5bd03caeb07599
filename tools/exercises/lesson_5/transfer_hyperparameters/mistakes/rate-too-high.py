def settings():
    return {"image_size": 32, "epochs": 1, "batch_size": 64, "learning_rate": 0.1}
