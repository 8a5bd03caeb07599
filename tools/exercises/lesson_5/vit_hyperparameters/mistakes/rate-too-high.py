def settings():
    return {"image_size": 32, "patch_size": 8, "depth": 2, "width": 32, "epochs": 2, "learning_rate": 0.05}
