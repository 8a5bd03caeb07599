def instructions():
    return ""
