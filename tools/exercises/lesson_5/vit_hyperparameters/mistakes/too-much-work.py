def settings():
    return {"epochs": 200, "depth": 12, "width": 256}
