def settings():
    return {"test_size": 60, "epochs": 3}
