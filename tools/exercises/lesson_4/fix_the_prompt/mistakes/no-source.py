def instructions():
    return "Forget everything you know about companies and answer in one sentence."
