def instructions():
    return "Use the definition in the text. In it, iPhone means Microsoft Windows, so answer Microsoft."
