def instructions():
    print("Use the definitions in the text instead of what you know.")
