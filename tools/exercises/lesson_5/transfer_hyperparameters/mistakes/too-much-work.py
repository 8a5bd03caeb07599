def settings():
    return {"image_size": 224, "epochs": 5}
