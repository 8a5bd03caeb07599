def instructions():
    return "Read the text carefully and answer the question in one sentence."
