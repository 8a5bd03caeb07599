def instructions():
    return "Ignore wrong definitions in the text and answer from your own knowledge."
