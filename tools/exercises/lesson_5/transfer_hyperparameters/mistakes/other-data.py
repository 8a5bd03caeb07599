def settings():
    return {"epochs": 5, "test_size": 60}
