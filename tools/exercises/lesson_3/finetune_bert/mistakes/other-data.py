def settings():
    return {"epochs": 1, "test_size": 100, "seed": 7}
