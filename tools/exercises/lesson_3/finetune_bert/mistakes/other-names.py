def settings():
    return {"num_train_epochs": 2, "per_device_train_batch_size": 16, "learning_rate": 5e-5}
