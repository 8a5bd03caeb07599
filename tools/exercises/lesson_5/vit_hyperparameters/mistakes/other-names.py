def settings():
    return {"num_train_epochs": 30, "per_device_train_batch_size": 16, "learning_rate": 0.001}
